import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";
import { emptyQuery, type MarketQuery } from "@/lib/domain/market-query";
import type { MarketFacets } from "@/lib/market/get-market-facets";
import { withoutFacet } from "./active-wishes";
import { facetNames } from "./facet-name";
import { marketHref } from "./market-href";

type Props = { query: MarketQuery; without: MarketFacets["without"] };

/** Nothing fits all wishes: which one to drop, and how many providers that would show. */
export function NoProviderFits({ query, without }: Props) {
  const ways = without.filter(({ providers }) => providers > 0).toSorted((a, b) => b.providers - a.providers);
  return (
    <Empty
      title="No provider fits all of this"
      action={
        <>
          {ways.map(({ wish, providers }) => (
            <Button key={wish} asChild>
              <Link href={marketHref(withoutFacet(query, wish))} scroll={false}>
                Without {wish === "search" ? `“${query.search}”` : facetNames[wish].toLowerCase()}:{" "}
                {providers.toLocaleString("en")}
              </Link>
            </Button>
          ))}
          <Button asChild tone={ways.length > 0 ? "quiet" : "plain"}>
            <Link href={marketHref(emptyQuery)}>Show all providers</Link>
          </Button>
        </>
      }
    >
      {ways.length > 0
        ? "Drop one of your filters. The number is how many providers you would then see."
        : "Try fewer words. The search looks for them in names, capabilities, models and descriptions."}
    </Empty>
  );
}
