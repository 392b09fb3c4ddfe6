import { X } from "lucide-react";
import Link from "next/link";
import { FACETS, type Facet } from "@/lib/domain/market-facet";
import { emptyQuery, type MarketQuery } from "@/lib/domain/market-query";
import { facetNames, facetValueName } from "./facet-name";
import { marketHref } from "./market-href";

/** What the list is narrowed by, each with a way out. Links, so that they work without a script. */
export function ActiveWishes({ query }: { query: MarketQuery }) {
  const wishes = [
    ...(query.search
      ? [{ key: "search", name: `“${query.search}”`, href: marketHref({ ...query, search: "" }) }]
      : []),
    ...FACETS.flatMap((facet) =>
      query[facet].map((value) => ({
        key: `${facet}-${value}`,
        name: `${facetNames[facet]}: ${facetValueName(facet, String(value))}`,
        href: marketHref(withoutValue(query, facet, String(value))),
      })),
    ),
  ];
  if (wishes.length === 0) return null;
  return (
    <ul aria-label="Filters in use" className="mb-4 flex flex-wrap items-center gap-2">
      {wishes.map(({ key, name, href }) => (
        <li key={key} className="min-w-0">
          <Link
            href={href}
            scroll={false}
            className="inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-full bg-flow-wash px-3 font-medium text-flow-strong text-xs hover:bg-line"
          >
            <span className="truncate">{name}</span>
            <X className="size-3.5 shrink-0" aria-label="remove" />
          </Link>
        </li>
      ))}
      {wishes.length > 1 ? (
        <li>
          <Link
            href={marketHref({ ...emptyQuery, sort: query.sort })}
            scroll={false}
            className="rounded px-1 py-1 text-soft text-xs underline underline-offset-4 hover:text-ink"
          >
            Clear all
          </Link>
        </li>
      ) : null}
    </ul>
  );
}

/** The query with one facet's wishes gone. */
export function withoutFacet(query: MarketQuery, wish: Facet | "search"): MarketQuery {
  return wish === "search" ? { ...query, search: "" } : { ...query, [wish]: [] };
}

function withoutValue(query: MarketQuery, facet: Facet, value: string): MarketQuery {
  return { ...query, [facet]: query[facet].filter((other) => String(other) !== value) };
}
