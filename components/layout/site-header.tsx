import Link from "next/link";
import type { ReactNode } from "react";
import { paths } from "@/lib/paths";
import { Brand } from "./brand";
import { MobileMenu } from "./mobile-menu";
import { navItems } from "./nav-items";
import { NavLink } from "./nav-link";
import { type Theme, ThemeToggle } from "./theme-toggle";

type Props = {
  theme: Theme;
  signedIn: boolean;
  /** Who is signed in, or the way in. */
  account: ReactNode;
  /** The bell, for those who have streams that may run dry. */
  alerts?: ReactNode;
};

/** The bar on top of every page. Its links move into a menu where they do not fit; the footer has them without script. */
export function SiteHeader({ theme, signedIn, account, alerts }: Props) {
  return (
    <header className="sticky top-0 z-30 border-line border-b bg-paper/90 backdrop-blur">
      <div className="mx-auto flex h-14 max-w-6xl items-center gap-1 px-4 sm:gap-3 sm:px-6">
        <Link href={paths.market} aria-label="Superstream, to the market" className="mr-1 rounded-md sm:mr-3">
          <Brand markOnNarrow={signedIn} />
        </Link>
        <nav aria-label="Main" className="hidden h-full items-stretch gap-1 lg:flex">
          {navItems.map(({ href, label, under }) => (
            <NavLink
              key={href}
              href={href}
              under={under}
              className="relative my-2.5 inline-flex items-center py-0 after:absolute after:inset-x-2.5 after:-bottom-[11px] after:h-0.5 after:rounded-full aria-[current]:after:bg-flow"
            >
              {label}
            </NavLink>
          ))}
        </nav>
        <div className="ml-auto flex items-center gap-1 sm:gap-2">
          {alerts}
          <span className="max-lg:hidden">
            <ThemeToggle initial={theme} />
          </span>
          {account}
          <MobileMenu theme={theme} />
        </div>
      </div>
    </header>
  );
}
