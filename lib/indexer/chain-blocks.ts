import type { Hex } from "viem";
import type { Queryable } from "@/lib/db/pool";
import type { BlockRef } from "./chain-log";

/** How far back every block is remembered. A deeper reorganisation is none that a chain of ours makes. */
export const JOURNAL_BLOCKS = 256n;

type Row = { number: string; hash: Hex; at_ms: string };

/** The blocks that the index remembers, the newest first. */
export async function listChainBlocks(
  db: Queryable,
  chainId: number,
  { upTo }: { upTo: bigint },
): Promise<BlockRef[]> {
  const { rows } = await db.query<Row>(
    "select number, hash, at_ms from chain_block where chain_id = $1 and number <= $2 order by number desc",
    [chainId, upTo],
  );
  return rows.map(blockOf);
}

/** The first block that is remembered at or above `number`, or the last at or below it. */
export async function findChainBlock(
  db: Queryable,
  chainId: number,
  near: { atLeast: bigint } | { atMost: bigint },
): Promise<BlockRef | null> {
  const [bound, end, number] = "atLeast" in near ? [">=", "asc", near.atLeast] : ["<=", "desc", near.atMost];
  const { rows } = await db.query<Row>(
    `select number, hash, at_ms from chain_block where chain_id = $1 and number ${bound} $2 order by number ${end} limit 1`,
    [chainId, number],
  );
  return rows[0] ? blockOf(rows[0]) : null;
}

function blockOf({ number, hash, at_ms }: Row): BlockRef {
  return { number: BigInt(number), hash, atMs: BigInt(at_ms) };
}
