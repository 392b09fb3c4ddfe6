import "server-only";
import { pool } from "@/lib/db/pool";

/** What comparing a stream with its chain last said. */
export type ChainCheckView = {
  blockNumber: bigint;
  blockMs: bigint;
  checkedMs: bigint;
  /** What does not fit; `difference` in base units, null where it is no amount. */
  faults: { what: string; difference: bigint | null }[];
};

/**
 * For whoever may read the stream: the caller has checked that.
 *
 * @returns null before the first comparison, and for streams of the ledger
 */
export async function getChainCheck(streamId: string): Promise<ChainCheckView | null> {
  const { rows } = await pool().query<{
    block_number: string;
    block_ms: string;
    checked_ms: string;
    faults: { what: string; difference: string | null }[];
  }>("select block_number, block_ms, checked_ms, faults from chain_check where stream_id = $1", [streamId]);
  const [row] = rows;
  return row
    ? {
        blockNumber: BigInt(row.block_number),
        blockMs: BigInt(row.block_ms),
        checkedMs: BigInt(row.checked_ms),
        faults: row.faults.map(({ what, difference }) => ({
          what,
          difference: difference === null ? null : BigInt(difference),
        })),
      }
    : null;
}
