import "server-only";
import { z } from "zod";
import { pool } from "@/lib/db/pool";
import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import { decodeCursor, encodeCursor } from "@/lib/http/page-cursor";

export type MarketSummary = {
  asset: Asset;
  providers: number;
  activeStreams: number;
  totalStreams: number;
  totalRequests: number;
  /** Base units paid to providers so far: what streams have accrued but not yet paid is not in it. */
  totalVolume: bigint;
  /** Whole tokens with 4 decimals, rounded down (S0.14). */
  totalVolumeDisplay: string;
  perProvider: { id: string; name: string; earned: bigint; requests: number }[];
  nextCursor: string | null;
};

/**
 * Totals of the market from counters that are kept with every change: a fixed number of rows, however many streams
 * and calls there were. Providers come a page at a time, by id.
 */
export async function getMarketSummary(
  page: { cursor?: string | undefined; limit?: number | undefined } = {},
): Promise<MarketSummary> {
  const { limit = 50 } = page;
  const after = page.cursor ? decodeCursor(page.cursor, z.tuple([z.string().max(63)]))[0] : "";
  const [totals, rows] = await Promise.all([readTotals(), readPage(after, limit + 1)]);
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const totalVolume = BigInt(totals.earned);
  return {
    asset: LEDGER_ASSET,
    providers: Number(totals.providers),
    activeStreams: Number(totals.streamsActive),
    totalStreams: Number(totals.streamsTotal),
    totalRequests: Number(totals.requests),
    totalVolume,
    totalVolumeDisplay: toDecimal(totalVolume, LEDGER_ASSET.decimals, 4, "down"),
    perProvider: shown.map(({ id, name, earned, requests }) => ({
      id,
      name,
      earned: BigInt(earned),
      requests: Number(requests),
    })),
    nextCursor: last ? encodeCursor([last.id]) : null,
  };
}

type Totals = {
  requests: string;
  earned: string;
  streamsTotal: string;
  streamsActive: string;
  providers: string;
};

async function readTotals(): Promise<Totals> {
  const { rows } = await pool().query<Totals>(
    `select coalesce(sum(requests), 0)::text as requests, coalesce(sum(earned), 0)::text as earned,
            coalesce(sum(streams_total), 0)::text as "streamsTotal",
            coalesce(sum(streams_active), 0)::text as "streamsActive",
            coalesce(sum(providers), 0)::text as providers
       from counter where scope = 'market'`,
  );
  if (!rows[0]) throw new Error("An aggregate without group gave no row.");
  return rows[0];
}

async function readPage(after: string, limit: number) {
  const { rows } = await pool().query<{ id: string; name: string; earned: string; requests: string }>(
    `select p.id, p.name, c.earned, c.requests
       from provider p cross join lateral (
         select coalesce(sum(earned), 0)::text as earned, coalesce(sum(requests), 0)::text as requests
           from counter where scope = 'provider:' || p.id) c
      where p.id > $1 order by p.id limit $2`,
    [after, limit],
  );
  return rows;
}
