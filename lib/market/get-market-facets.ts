import "server-only";
import { pool } from "@/lib/db/pool";
import { FACETS, type Facet } from "@/lib/domain/market-facet";
import { HEALTH_STATE } from "./health-sql";
import { type MarketFilters, marketConditions, PRICE_BAND } from "./market-conditions";

export type FacetCount = { value: string; providers: number };
export type MarketFacets = {
  /** Providers that fit all wishes. */
  total: number;
  /** Counts by value, the most first. A facet's counts follow the other wishes, not its own. */
  facets: Record<Facet, FacetCount[]>;
  /** How many would fit if one wish were dropped: only of wishes that are there. */
  without: { wish: Facet | "search"; providers: number }[];
};

/** More values of one facet than this are not counted out. */
const VALUES_MAX = 200;

/** What each facet counts, as SQL over `provider p`, its looked-at tier `t` and its health `h`. */
const VALUE_OF: Record<Facet, string> = {
  category: "p.category",
  capability: "p.capabilities",
  price: PRICE_BAND,
  serviceType: "p.service_type::text",
  health: HEALTH_STATE,
};

/**
 * How many active providers there are by each value of each facet. One pass over the providers that fit what no facet
 * says; each facet then counts those that fit all the others.
 */
export async function getMarketFacets(filters: MarketFilters): Promise<MarketFacets> {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const { fixed, ...wishes } = marketConditions(filters, bind);
  const names = Object.keys(wishes) as (Facet | "search")[];
  const allBut = (left?: string) =>
    names
      .filter((name) => name !== left)
      .map((name) => `fits_${name.toLowerCase()}`)
      .join(" and ") || "true";

  const { rows } = await pool().query<{ part: string; value: string; providers: number }>(
    `with m as materialized (
       select ${FACETS.map((facet) => `${VALUE_OF[facet]} as by_${facet.toLowerCase()}`).join(", ")}
         ${names.map((name) => `, (${wishes[name]}) as fits_${name.toLowerCase()}`).join("")}
         from provider p join provider_tier t on t.provider_id = p.id and t.name = ${bind(filters.tier ?? "basic")}
              left join provider_health h on h.provider_id = p.id
        where p.active ${fixed ? `and ${fixed}` : ""})
     select 'total' as part, '' as value, count(*)::int as providers from m where ${allBut()}
     ${names.map((name) => `union all select 'without', '${name}', count(*)::int from m where ${allBut(name)}`).join("\n")}
     ${FACETS.map(
       (facet) => `union all (select '${facet}', value, count(*)::int from m
         ${facet === "capability" ? "cross join lateral unnest(by_capability) as value" : `cross join lateral (values (by_${facet.toLowerCase()})) v (value)`}
        where ${allBut(facet)} group by value order by count(*) desc, lower(value) limit ${VALUES_MAX})`,
     ).join("\n")}`,
    values,
  );
  const partOf = (part: string) =>
    rows.filter((row) => row.part === part).map(({ value, providers }) => ({ value, providers }));
  return {
    total: partOf("total")[0]?.providers ?? 0,
    facets: Object.fromEntries(FACETS.map((facet) => [facet, partOf(facet)])) as MarketFacets["facets"],
    without: partOf("without").map(({ value, providers }) => ({
      wish: value as Facet | "search",
      providers,
    })),
  };
}
