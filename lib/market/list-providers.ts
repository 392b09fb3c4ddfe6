import "server-only";
import { z } from "zod";
import { pool } from "@/lib/db/pool";
import type { MarketSort } from "@/lib/domain/market-sorts";
import { decodeCursor, encodeCursor } from "@/lib/http/page-cursor";
import { HEALTH_LATENCY, HEALTH_UPTIME_PPM } from "./health-sql";
import { type MarketFilters, marketConditions } from "./market-conditions";
import { PRICE_OVER_210_DAYS } from "./price-sql";
import { PROVIDER_COLUMNS, type ProviderRow, type ProviderView, toProviderView } from "./provider-row";

export type ProviderFilters = MarketFilters & {
  sort?: MarketSort | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
};

const whole = z.string().regex(/^\d{1,90}$/);
const plain = (cast: string) => ({
  text: (key: string) => `${key}::text`,
  value: (bound: string) => `${bound}::${cast}`,
});

/** What each order sorts by; how its key becomes a cursor's text and back, exactly; and the shape of that text. */
const ORDERS = {
  name: { key: "lower(p.name)", direction: "asc", shape: z.string().max(400), ...plain("text") },
  price: { key: PRICE_OVER_210_DAYS, direction: "asc", shape: whole, ...plain("numeric") },
  newest: {
    key: "p.created_at",
    direction: "desc",
    shape: z.string().regex(/^\d{1,15}$/),
    text: (key: string) => `((extract(epoch from ${key}) * 1000)::bigint)::text`,
    value: (bound: string) => `('epoch'::timestamptz + ${bound}::bigint * interval '1 ms')`,
  },
  fastest: { key: HEALTH_LATENCY, direction: "asc", shape: whole, ...plain("bigint") },
  reliable: { key: HEALTH_UPTIME_PPM, direction: "desc", shape: whole, ...plain("bigint") },
} as const;

/** Active providers, a page at a time. */
export async function listProviders(
  filters: ProviderFilters,
): Promise<{ items: ProviderView[]; nextCursor: string | null }> {
  const { sort = "name", limit = 20, tier = "basic" } = filters;
  const order = ORDERS[sort];
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;

  const conditions = ["p.active", ...Object.values(marketConditions(filters, bind))];
  if (filters.cursor) {
    const [, key, id] = decodeCursor(
      filters.cursor,
      z.tuple([z.literal(sort), order.shape, z.string().max(63)]),
    );
    const after = order.direction === "asc" ? ">" : "<";
    conditions.push(`(${order.key}, p.id) ${after} (${order.value(bind(key))}, ${bind(id)})`);
  }
  const database = pool();
  const { rows } = await database.query<ProviderRow & { key: string }>(
    `select ${PROVIDER_COLUMNS}, ${order.text(order.key)} as key
       from provider p join provider_tier t on t.provider_id = p.id and t.name = ${bind(tier)}
            left join provider_health h on h.provider_id = p.id
      where ${conditions.join(" and ")}
      order by ${order.key} ${order.direction}, p.id ${order.direction}
      limit ${bind(limit + 1)}`,
    values,
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return {
    items: page.map(({ key: _, ...row }) => toProviderView(row)),
    nextCursor: last ? encodeCursor([sort, last.key, last.id]) : null,
  };
}
