import "server-only";
import type { Hex } from "viem";
import type { Queryable } from "@/lib/db/pool";
import type { BlockRef } from "./chain-log";

/** How far the index of a chain is, for whoever relies on it. */
export type IndexState = BlockRef & {
  /** Logs up to here are deep enough, and were read twice with one answer. */
  confirmedNumber: bigint;
  /** Of the chain, when it was last asked. */
  headNumber: bigint;
  /** Since the index last had all of a head that it could believe. What grants service by the chain stops when this is too much. */
  ageMs: bigint;
  /** From the time of the newest block to when it was written; 0 when the chain's clock is ahead. */
  lagMs: bigint;
  /** Why the last step could not go on (`FaultReason`); null when it could. */
  error: string | null;
};

type Row = Record<"number" | "at_ms" | "confirmed_number" | "head_number" | "age_ms" | "lag_ms", string> & {
  hash: Hex;
  error: string | null;
};

/** Ages are by the database's clock. @returns null when nobody has begun to index the chain */
export async function readIndex(db: Queryable, chainId: number): Promise<IndexState | null> {
  const { rows } = await db.query<Row>(
    `select number, hash, at_ms, confirmed_number, head_number, lag_ms, error, greatest(0, clock_ms() - checked_ms) as age_ms
       from chain_cursor where chain_id = $1`,
    [chainId],
  );
  const [row] = rows;
  if (!row) return null;
  return {
    number: BigInt(row.number),
    hash: row.hash,
    atMs: BigInt(row.at_ms),
    confirmedNumber: BigInt(row.confirmed_number),
    headNumber: BigInt(row.head_number),
    ageMs: BigInt(row.age_ms),
    lagMs: BigInt(row.lag_ms),
    error: row.error,
  };
}
