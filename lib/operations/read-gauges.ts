import "server-only";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { within } from "./within";

export type Gauges = {
  /** Time of one query, in milliseconds. */
  pingMs: number;
  /** Streams that have not been settled, and all that there ever were, by the counters that the ledger keeps. */
  streamsOpen: number;
  streamsTotal: number;
  requestsServed: number;
  /** How long the stream that has waited longest for a sweep has been due; 0 when none is. */
  sweepLagMs: number;
  migration: string | null;
  /** Of the chain of the settings; null without one, and before it was looked at. */
  index: IndexGauges | null;
};

export type IndexGauges = {
  /** Blocks of the chain that are not in the index yet. */
  lagBlocks: number;
  /** From the newest block to when it was written. */
  lagMs: number;
  /** Since the index last had all of a head that it could believe. */
  ageMs: number;
};

type Row = {
  open: string;
  total: string;
  served: string;
  lag: string;
  migration: string | null;
  index: IndexGauges | null;
};

/** Figures that only the database knows. Each is an index's end or a few rows of counters, however large the books are. */
const SQL = `
  SELECT coalesce(c.open, 0) AS open, coalesce(c.total, 0) AS total, coalesce(c.served, 0) AS served,
    greatest(0, clock_ms() - coalesce((SELECT min(due_ms) FROM stream), clock_ms())) AS lag,
    (SELECT max(migration_name) FROM "_prisma_migrations" WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL) AS migration,
    (SELECT json_build_object('lagBlocks', greatest(0, head_number - number), 'lagMs', lag_ms, 'ageMs', greatest(0, clock_ms() - checked_ms))
       FROM chain_cursor WHERE chain_id = $1) AS index
  FROM (SELECT sum(streams_active) AS open, sum(streams_total) AS total, sum(requests) AS served FROM counter WHERE scope = 'market') c`;

/**
 * @param patienceMs longest wait for the database
 * @throws Error when it does not answer in time
 */
export async function readGauges(patienceMs: number): Promise<Gauges> {
  const began = performance.now();
  const row = await within(patienceMs, pool().query<Row>(SQL, [env.RPC_URL ? env.CHAIN_ID : null])).then(
    ({ rows }) => rows[0],
  );
  if (!row) throw new Error("The gauges are one row.");
  return {
    pingMs: Math.round((performance.now() - began) * 100) / 100,
    streamsOpen: Number(row.open),
    streamsTotal: Number(row.total),
    requestsServed: Number(row.served),
    sweepLagMs: Number(row.lag),
    migration: row.migration,
    index: row.index,
  };
}
