import { z } from "zod";
import { HEALTH_STATES, PRICE_BAND_IDS, SERVICE_TYPES } from "@/lib/domain/market-facet";
import type { MarketQuery } from "@/lib/domain/market-query";
import { MARKET_SORTS } from "@/lib/domain/market-sorts";
import { TIER_NAMES } from "@/lib/domain/tier";
import { CATEGORIES } from "./categories";

/** More values of one facet than this are no wish that a person made. */
const VALUES_MAX = 20;

/** Values that mean nothing are left out rather than refused: addresses get shortened, and links get old. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) => {
      const items = [value ?? []].flat().map((text) => item.safeParse(text));
      const good = items.flatMap((read) => (read.success ? [read.data] : []));
      return [...new Set(good)].slice(0, VALUES_MAX);
    });

const marketQuery = z.object({
  search: z.string().trim().max(100).catch(""),
  category: listOf(z.enum(CATEGORIES)),
  capability: listOf(z.string().regex(/^[\w.-]{1,64}$/)),
  price: listOf(z.enum(PRICE_BAND_IDS)),
  serviceType: listOf(z.enum(SERVICE_TYPES.map(({ id }) => String(id))).transform(Number)),
  health: listOf(z.enum(HEALTH_STATES)),
  tier: z.enum(TIER_NAMES).catch("basic"),
  sort: z.enum(MARKET_SORTS).catch("name"),
  cursor: z.string().min(1).max(600).optional().catch(undefined),
});

export type SearchParams = Record<string, string | string[] | undefined>;

/** Reads the market's address. Nothing in it can make the page fail. */
export function readMarketQuery(searchParams: SearchParams): {
  query: MarketQuery;
  cursor: string | undefined;
} {
  const { cursor, ...query } = marketQuery.parse(searchParams);
  return { query, cursor };
}
