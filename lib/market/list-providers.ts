import "server-only";
import { z } from "zod";
import { pool } from "@/lib/db/pool";
import type { TierName } from "@/lib/domain/tier";
import { decodeCursor, encodeCursor } from "@/lib/http/page-cursor";
import { PRICE_OVER_210_DAYS } from "./price-sql";
import { PROVIDER_COLUMNS, type ProviderRow, type ProviderView, toProviderView } from "./provider-row";

export type ProviderFilters = {
  search?: string | undefined;
  capability?: string | undefined;
  category?: string | undefined;
  model?: string | undefined;
  /** The tier that `priceMax` and `sort: "price"` look at. */
  tier?: TierName | undefined;
  /** Base units a day. */
  priceMax?: bigint | undefined;
  sort?: "name" | "price" | "newest" | undefined;
  cursor?: string | undefined;
  limit?: number | undefined;
};

/** What each order sorts by, as text-comparable or numeric SQL, and the shape of its cursor. */
const ORDERS = {
  name: { key: "lower(p.name)", cast: "text", direction: "asc", shape: z.string().max(400) },
  price: {
    key: PRICE_OVER_210_DAYS,
    cast: "numeric",
    direction: "asc",
    shape: z.string().regex(/^\d{1,90}$/),
  },
  newest: {
    key: "(extract(epoch from p.created_at) * 1000)::bigint",
    cast: "bigint",
    direction: "desc",
    shape: z.string().regex(/^\d{1,15}$/),
  },
} as const;

/** Active providers, a page at a time. */
export async function listProviders(
  filters: ProviderFilters,
): Promise<{ items: ProviderView[]; nextCursor: string | null }> {
  const { sort = "name", limit = 20, tier = "basic" } = filters;
  const order = ORDERS[sort];
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;

  const conditions = ["p.active", ...conditionsOf(filters, bind)];
  if (filters.cursor) {
    const [, key, id] = decodeCursor(
      filters.cursor,
      z.tuple([z.literal(sort), order.shape, z.string().max(63)]),
    );
    const after = order.direction === "asc" ? ">" : "<";
    conditions.push(`(${order.key}, p.id) ${after} (${bind(key)}::${order.cast}, ${bind(id)})`);
  }
  const database = pool();
  const { rows } = await database.query<ProviderRow & { key: string }>(
    `select ${PROVIDER_COLUMNS}, ${order.key}::text as key
       from provider p join provider_tier t on t.provider_id = p.id and t.name = ${bind(tier)}
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

function conditionsOf(filters: ProviderFilters, bind: (value: unknown) => string): string[] {
  const { search, capability, category, model, priceMax } = filters;
  return [
    ...(capability ? [`${bind(capability)} = any (p.capabilities)`] : []),
    ...(category ? [`p.category = ${bind(category)}`] : []),
    ...(model ? [`p.model = ${bind(model)}`] : []),
    ...(priceMax === undefined
      ? []
      : [`t.rate_amount * 86400000 <= ${bind(String(priceMax))}::numeric * t.rate_period_ms`]),
    ...(search
      ? [
          `strpos(lower(concat_ws(' ', p.id, p.name, p.description, p.model, array_to_string(p.capabilities, ' '))),
                  lower(${bind(search)})) > 0`,
        ]
      : []),
  ];
}
