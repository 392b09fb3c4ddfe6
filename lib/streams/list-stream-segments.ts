import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import type { Rate } from "@/lib/domain/rate";
import { getStream } from "./get-stream";

/** One stretch of constant rate, as it was written down. */
export type SegmentView = {
  seq: number;
  tier: string;
  rate: Rate;
  startMs: bigint;
  startCause: string;
  endMs: bigint | null;
  endCause: string | null;
  /** Base units that the whole stream had accrued when this segment ended, rounded down; null while it runs. */
  accruedAtEnd: bigint | null;
};

/** All segments of a stream, oldest first, for one of its parties. */
export async function listStreamSegments(
  input: { actor: string; streamId: string },
  db: Queryable = pool(),
): Promise<SegmentView[]> {
  await getStream(input, db);
  const { rows } = await db.query({
    text: `select seq, tier, rate_amount, rate_period_ms, start_ms, start_cause, end_ms, end_cause,
        div(end_num, end_den) as accrued_at_end
      from stream_segment where stream_id = $1 order by seq`,
    values: [input.streamId],
  });
  return rows.map((row) => ({
    seq: row.seq,
    tier: row.tier,
    rate: { amount: BigInt(row.rate_amount), periodMs: BigInt(row.rate_period_ms) },
    startMs: BigInt(row.start_ms),
    startCause: row.start_cause,
    endMs: row.end_ms === null ? null : BigInt(row.end_ms),
    endCause: row.end_cause,
    accruedAtEnd: row.accrued_at_end === null ? null : BigInt(row.accrued_at_end),
  }));
}
