import type { Hex } from "viem";
import type { Queryable } from "@/lib/db/pool";
import type { ChainArgs, ChainLog } from "./chain-log";

type Row = {
  block_number: string;
  log_index: number;
  block_hash: Hex;
  at_ms: string;
  tx_hash: Hex;
  address: Hex;
  event: string;
  subjects: string[];
  args: ChainArgs;
};

/** All logs of some subjects that the canonical chain has, each list in its order. A subject without logs has an empty list. */
export async function listSubjectLogs(
  db: Queryable,
  chainId: number,
  subjects: readonly string[],
): Promise<Map<string, ChainLog[]>> {
  const { rows } = await db.query<Row>(
    "select * from chain_log where chain_id = $1 and subjects && $2::text[] order by block_number, log_index",
    [chainId, subjects],
  );
  const found = new Map<string, ChainLog[]>(subjects.map((subject) => [subject, []]));
  for (const row of rows) {
    const log = logOf(chainId, row);
    for (const subject of log.subjects) found.get(subject)?.push(log);
  }
  return found;
}

/** Logs of the blocks from `from` to `to`, both included, in the order of the chain. */
export async function listBlockLogs(
  db: Queryable,
  chainId: number,
  { from, to }: { from: bigint; to?: bigint },
): Promise<ChainLog[]> {
  const { rows } = await db.query<Row>(
    `select * from chain_log where chain_id = $1 and block_number >= $2 and ($3::bigint is null or block_number <= $3)
      order by block_number, log_index`,
    [chainId, from, to],
  );
  return rows.map((row) => logOf(chainId, row));
}

function logOf(chainId: number, row: Row): ChainLog {
  const { event, subjects, args, address } = row;
  return {
    chainId,
    blockNumber: BigInt(row.block_number),
    logIndex: row.log_index,
    blockHash: row.block_hash,
    atMs: BigInt(row.at_ms),
    txHash: row.tx_hash,
    address,
    event,
    subjects,
    args,
  };
}
