import { type MarketQuery, marketSearch } from "@/lib/domain/market-query";
import { paths } from "@/lib/paths";

/** The address of the market, narrowed and ordered. */
export function marketHref(query: MarketQuery, cursor?: string): string {
  return paths.market + marketSearch(query, cursor);
}
