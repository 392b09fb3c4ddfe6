import type { Fraction } from "./fraction";
import type { Rate } from "./rate";

export type SegmentStart = "open" | "rate" | "resume" | "top-up";
export type SegmentEnd = "rate" | "pause" | "exhaust" | "close";

/**
 * One stretch of a stream at one rate: from `startMs` up to, not including, `endMs` (null while it runs).
 * `capped` is there when the deposit ended it: what it accrued exactly, a little less than the time would say,
 * because the last base units ran out within its last millisecond.
 */
export type Segment = {
  readonly rate: Rate;
  readonly startMs: bigint;
  readonly endMs: bigint | null;
  readonly startCause: SegmentStart;
  readonly endCause: SegmentEnd | null;
  readonly capped?: Fraction;
};
