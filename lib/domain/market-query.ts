import type { HealthState, PriceBandId } from "./market-facet";
import type { MarketSort } from "./market-sorts";
import type { TierName } from "./tier";

/** What a reader of the market asks for, as it stands in the address. */
export type MarketQuery = {
  search: string;
  category: readonly string[];
  capability: readonly string[];
  price: readonly PriceBandId[];
  serviceType: readonly number[];
  health: readonly HealthState[];
  tier: TierName;
  sort: MarketSort;
};

export const emptyQuery: MarketQuery = {
  search: "",
  category: [],
  capability: [],
  price: [],
  serviceType: [],
  health: [],
  tier: "basic",
  sort: "name",
};

/** The search part of the market's address for a query, with its question mark or empty. What is as usual is left out, so that one question has one address. */
export function marketSearch(query: MarketQuery, cursor?: string): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query) as [keyof MarketQuery, MarketQuery[keyof MarketQuery]][])
    if (typeof value !== "string") for (const item of value) search.append(name, String(item));
    else if (value !== emptyQuery[name]) search.set(name, value);
  if (cursor) search.set("cursor", cursor);
  return search.size > 0 ? `?${search}` : "";
}

/** Whether anything is left out of the list. */
export function isFiltered(query: MarketQuery): boolean {
  return (
    query.search !== "" || Object.values(query).some((value) => Array.isArray(value) && value.length > 0)
  );
}
