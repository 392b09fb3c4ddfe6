import Link from "next/link";
import type { ReactNode } from "react";
import { paths } from "@/lib/paths";
import { Brand } from "./brand";
import { NavLink } from "./nav-link";
import { type Theme, ThemeToggle } from "./theme-toggle";

/** The bar on top of every page; `account` is who is signed in, or the way in. */
export function SiteHeader({ theme, account }: { theme: Theme; account: ReactNode }) {
  return (
    <header className="sticky top-0 z-30 border-line border-b bg-paper/90 backdrop-blur">
      <div className="mx-auto flex h-14 max-w-6xl items-center gap-1 px-4 sm:gap-3 sm:px-6">
        <Link href={paths.market} aria-label="Superstream, to the market" className="mr-1 rounded-md sm:mr-3">
          <span className="max-sm:[&_span]:gap-0 max-sm:[&_span]:text-[0px]">
            <Brand />
          </span>
        </Link>
        <nav aria-label="Main" className="flex items-center gap-1">
          <NavLink href={paths.market} under={["/providers/"]}>
            Market
          </NavLink>
          <NavLink href={paths.streams} under={["/streams/"]}>
            Streams
          </NavLink>
        </nav>
        <div className="ml-auto flex items-center gap-1 sm:gap-2">
          <ThemeToggle initial={theme} />
          {account}
        </div>
      </div>
    </header>
  );
}
