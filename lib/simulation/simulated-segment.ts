import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { addFractions, type Fraction, floorFraction, fraction } from "@/lib/domain/fraction";
import { exactAmountOver, type Rate } from "@/lib/domain/rate";

/** A stretch of constant rate of a stream that has been closed: all of them have ended. */
export type SimulatedSegment = {
  tier: string;
  rate: Rate;
  startMs: bigint;
  startCause: string;
  endMs: bigint;
  endCause: string;
  /** Exactly what the whole stream had accrued when this segment ended. */
  accruedAtEnd: Fraction;
};

/** The segments of a closed stream, oldest first, as the ledger wrote them. */
export async function readSegments(streamId: string, db: Queryable): Promise<SimulatedSegment[]> {
  const { rows } = await db.query({
    text: `select tier, rate_amount, rate_period_ms, start_ms, start_cause, end_ms, end_cause, end_num, end_den
      from stream_segment where stream_id = $1 order by seq`,
    values: [streamId],
  });
  return rows.map((row) => ({
    tier: row.tier,
    rate: { amount: BigInt(row.rate_amount), periodMs: BigInt(row.rate_period_ms) },
    startMs: BigInt(row.start_ms),
    startCause: row.start_cause,
    endMs: BigInt(row.end_ms),
    endCause: row.end_cause,
    accruedAtEnd: fraction(BigInt(row.end_num), BigInt(row.end_den)),
  }));
}

/** Base units that a stream had accrued at a moment, rounded down once: flat between its segments. */
export function accruedAt(segments: readonly SimulatedSegment[], atMs: bigint): bigint {
  const index = segments.findLastIndex(({ startMs }) => startMs <= atMs);
  const segment = segments[index];
  if (!segment) return 0n;
  const end = floorFraction(segment.accruedAtEnd);
  const before = segments[index - 1]?.accruedAtEnd ?? fraction(0n);
  const running = floorFraction(addFractions(before, exactAmountOver(segment.rate, atMs - segment.startMs)));
  // Within its last millisecond the money ends before the time does.
  return atMs >= segment.endMs || running > end ? end : running;
}
