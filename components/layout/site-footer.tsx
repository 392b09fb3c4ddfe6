import { paths } from "@/lib/paths";

const links = [
  { href: paths.openapi, label: "OpenAPI" },
  { href: paths.llms, label: "llms.txt" },
  { href: paths.jwks, label: "Receipt keys" },
];

/** The same doors for programs as for people. Plain links: these are not pages. */
export function SiteFooter() {
  return (
    <footer className="mt-16 border-line border-t">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 gap-y-2 px-4 py-6 text-faint text-xs sm:px-6">
        <p>Services by the second. Unused money comes back.</p>
        <nav aria-label="For programs" className="flex gap-4 sm:ml-auto">
          {links.map(({ href, label }) => (
            <a key={href} href={href} className="rounded underline-offset-4 hover:text-ink hover:underline">
              {label}
            </a>
          ))}
        </nav>
      </div>
    </footer>
  );
}
