"use client";
import { Search, SlidersHorizontal } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useEffect, useOptimistic, useRef, useState, useTransition } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { Input } from "@/components/ui/input";
import { Select } from "@/components/ui/select";
import { FACETS, type Facet } from "@/lib/domain/market-facet";
import type { MarketQuery } from "@/lib/domain/market-query";
import type { MarketSort } from "@/lib/domain/market-sorts";
import { TIER_NAMES, type TierName } from "@/lib/domain/tier";
import type { MarketFacets } from "@/lib/market/get-market-facets";
import { paths } from "@/lib/paths";
import { FacetGroup } from "./facet-group";
import { marketHref } from "./market-href";

/** A pause in typing that is long enough to look. */
const TYPING_PAUSE_MS = 250;

const sortNames: Record<MarketSort, string> = {
  name: "By name",
  price: "Cheapest first",
  newest: "Newest first",
  fastest: "Fastest first",
  reliable: "Most reliable first",
};

type Props = { query: MarketQuery; facets: MarketFacets["facets"]; children: ReactNode };

/**
 * Search, order and facets around the list. The address is the state, so a view can be shared and the browser's back
 * works; it is a GET form, so all of it works before any script runs.
 */
export function MarketFilters({ query, facets, children }: Props) {
  const router = useRouter();
  const [pending, startTransition] = useTransition();
  const [shown, setShown] = useOptimistic(query);
  const [open, setOpen] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const asked = useRef(query);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  // The address may change by a link as well: then the field follows, but never under a typing hand.
  useEffect(() => {
    const changedElsewhere = query.search !== asked.current.search;
    asked.current = query;
    if (changedElsewhere && search.current) search.current.value = query.search;
  }, [query]);
  useEffect(() => () => clearTimeout(timer.current), []);

  function go(change: Partial<MarketQuery>) {
    clearTimeout(timer.current);
    const next = { ...asked.current, search: search.current?.value.trim() ?? "", ...change };
    asked.current = next;
    startTransition(() => {
      setShown(next);
      router.replace(marketHref(next), { scroll: false });
    });
  }

  function toggle(facet: Facet, value: string) {
    const chosen = asked.current[facet].map(String);
    const values = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
    go({ [facet]: facet === "serviceType" ? values.map(Number) : values } as Partial<MarketQuery>);
  }

  const wishes = FACETS.reduce((sum, facet) => sum + shown[facet].length, 0);
  return (
    <div className="grid grid-cols-1 items-start gap-x-8 gap-y-5 lg:grid-cols-[13.5rem_minmax(0,1fr)] lg:grid-rows-[auto_1fr]">
      <search className="contents">
        <form
          action={paths.market}
          method="get"
          aria-busy={pending}
          className="contents"
          onSubmit={(event) => {
            event.preventDefault();
            go({});
          }}
        >
          <div className="flex flex-wrap gap-3 lg:col-start-2">
            <div className="relative min-w-0 flex-1 basis-full sm:basis-64">
              <label htmlFor="market-search" className="sr-only">
                Search providers
              </label>
              <Search className="pointer-events-none absolute top-3 left-3 size-4 text-faint" aria-hidden />
              <Input
                ref={search}
                id="market-search"
                type="search"
                name="search"
                placeholder="Search names, capabilities, descriptions"
                defaultValue={query.search}
                maxLength={100}
                autoComplete="off"
                className="pl-9"
                onChange={() => {
                  clearTimeout(timer.current);
                  timer.current = setTimeout(() => go({}), TYPING_PAUSE_MS);
                }}
              />
            </div>
            <Select
              aria-label="Order"
              name="sort"
              value={shown.sort}
              onChange={(event) => go({ sort: event.target.value as MarketSort })}
              className="max-sm:flex-1 sm:w-44"
            >
              {Object.entries(sortNames).map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </Select>
            <Button type="submit">Search</Button>
            <Button
              aria-expanded={open}
              aria-controls="market-facets"
              onClick={() => setOpen(!open)}
              className="max-lg:flex-1 lg:hidden"
            >
              <SlidersHorizontal aria-hidden /> Filters{wishes > 0 ? ` (${wishes})` : ""}
            </Button>
          </div>
          <div
            id="market-facets"
            className={cn(
              "grid gap-6 max-lg:rounded-xl max-lg:border max-lg:border-line max-lg:bg-card max-lg:p-4 max-lg:sm:grid-cols-2 lg:row-span-2 lg:row-start-1",
              open || "max-lg:hidden",
            )}
          >
            {FACETS.map((facet) => (
              <FacetGroup
                key={facet}
                facet={facet}
                counts={facets[facet]}
                chosen={shown[facet].map(String)}
                onToggle={(value) => toggle(facet, value)}
              >
                {facet === "price" ? (
                  <Select
                    aria-label="Tier whose price counts"
                    name="tier"
                    value={shown.tier}
                    onChange={(event) => go({ tier: event.target.value as TierName })}
                    className="mb-1.5"
                  >
                    {TIER_NAMES.map((tier) => (
                      <option key={tier} value={tier}>
                        {tier.charAt(0).toUpperCase() + tier.slice(1)} tier
                      </option>
                    ))}
                  </Select>
                ) : null}
              </FacetGroup>
            ))}
          </div>
        </form>
      </search>
      <div className={cn("min-w-0 transition-opacity lg:col-start-2", pending && "opacity-60")}>
        {children}
      </div>
      <noscript>
        <style>{"#market-facets{display:grid!important}"}</style>
      </noscript>
    </div>
  );
}
