import Link from "next/link";
import { paths } from "@/lib/paths";
import { Brand } from "./brand";
import { navItems } from "./nav-items";

const documents = [
  { href: paths.openapi, label: "OpenAPI" },
  { href: paths.llms, label: "llms.txt" },
  { href: paths.jwks, label: "Receipt keys" },
];
const linkStyle = "inline-block rounded py-1 underline-offset-4 hover:text-ink hover:underline";

/** Every page again, and the same doors for programs: plain links, for those are not pages. */
export function SiteFooter() {
  return (
    <footer className="mt-20 border-line border-t bg-sunken/60">
      <div className="mx-auto grid max-w-6xl grid-cols-2 gap-x-6 gap-y-8 px-4 py-10 text-sm text-soft sm:grid-cols-[minmax(0,1fr)_auto_auto] sm:gap-x-16 sm:px-6">
        <div className="max-sm:col-span-2">
          <span className="text-ink">
            <Brand />
          </span>
          <p className="mt-3 max-w-xs text-faint text-xs leading-relaxed">
            Services by the second. You lock a deposit, pay for the seconds that pass, and get the rest back.
          </p>
        </div>
        <nav aria-label="Pages">
          <ul className="grid grid-cols-2 gap-x-8">
            {navItems.map(({ href, label }) => (
              <li key={href}>
                <Link href={href} className={linkStyle}>
                  {label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <nav aria-label="For programs">
          <ul>
            {documents.map(({ href, label }) => (
              <li key={href}>
                <a href={href} className={linkStyle}>
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </footer>
  );
}
