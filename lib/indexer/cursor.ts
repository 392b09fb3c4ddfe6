import type { Hex } from "viem";
import type { Queryable } from "@/lib/db/pool";
import type { FaultReason } from "./chain-fault";
import type { BlockRef } from "./chain-log";

/** Where the index of a chain stands, as it was read: whoever writes compares `generation` under the row's lock. */
export type Cursor = BlockRef & {
  chainId: number;
  generation: bigint;
  /** Digest of what the index is made of. */
  sources: string;
  confirmedNumber: bigint;
  headNumber: bigint;
  error: string | null;
  /** The database's clock when this was read. */
  nowMs: bigint;
};

type Row = {
  generation: string;
  sources: string;
  number: string;
  hash: Hex;
  at_ms: string;
  confirmed_number: string;
  head_number: string;
  error: string | null;
  now_ms: string;
};

/** The hash of the block before the first one: that of none. */
export const NO_HASH: Hex = "0x";

/** Reads it; an index that has none yet stands before `startBlock`. */
export async function readCursor(
  db: Queryable,
  { chainId, startBlock, sources }: { chainId: number; startBlock: bigint; sources: string },
): Promise<Cursor> {
  const select = () =>
    db.query<Row>(
      `select generation, sources, number, hash, at_ms, confirmed_number, head_number, error, clock_ms() as now_ms
         from chain_cursor where chain_id = $1`,
      [chainId],
    );
  let [row] = (await select()).rows;
  if (!row) {
    await db.query(
      `insert into chain_cursor (chain_id, sources, number, hash, at_ms, confirmed_number, head_number)
       values ($1, $2, $3, $4, 0, $3, $3) on conflict do nothing`,
      [chainId, sources, startBlock - 1n, NO_HASH],
    );
    [row] = (await select()).rows;
  }
  if (!row) throw new Error("The cursor was just written.");
  return {
    chainId,
    generation: BigInt(row.generation),
    sources: row.sources,
    number: BigInt(row.number),
    hash: row.hash,
    atMs: BigInt(row.at_ms),
    confirmedNumber: BigInt(row.confirmed_number),
    headNumber: BigInt(row.head_number),
    error: row.error,
    nowMs: BigInt(row.now_ms),
  };
}

/** The head was looked at, and the index has all of it that there is to have now. */
export async function noteChecked(db: Queryable, chainId: number, headNumber: bigint): Promise<void> {
  await db.query(
    "update chain_cursor set checked_ms = clock_ms(), head_number = $2, error = null where chain_id = $1",
    [chainId, headNumber],
  );
}

/** The head could not be looked at, or not be believed: `checked_ms` stays, and who depends on it sees it grow old. */
export async function noteFault(db: Queryable, chainId: number, reason: FaultReason): Promise<void> {
  await db.query("update chain_cursor set error = $2 where chain_id = $1 and error is distinct from $2", [
    chainId,
    reason,
  ]);
}
