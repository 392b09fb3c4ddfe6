import { type Amount, amount } from "./amount";
import { addFractions, type Fraction, floorFraction, fraction } from "./fraction";
import { exactAmountOver } from "./rate";
import type { Segment } from "./segment";

/**
 * Exactly what a stream has accrued at `atMs`: the sum of amount × elapsed / period over its segments.
 * It knows no deposit: a running segment accrues on, so callers cap it or close the segment.
 */
export function accruedExact(segments: readonly Segment[], atMs: bigint): Fraction {
  return segments.reduce((sum, segment) => addFractions(sum, accruedInSegment(segment, atMs)), fraction(0n));
}

/** Base units accrued at `atMs`: one floor over the exact sum, so that cutting a stream up loses nothing. */
export function accrued(segments: readonly Segment[], atMs: bigint): Amount {
  return amount(floorFraction(accruedExact(segments, atMs)));
}

function accruedInSegment({ rate, startMs, endMs, capped }: Segment, atMs: bigint): Fraction {
  if (atMs <= startMs) return fraction(0n);
  const ended = endMs !== null && atMs >= endMs;
  if (ended && capped) return capped;
  return exactAmountOver(rate, (ended ? endMs : atMs) - startMs);
}
