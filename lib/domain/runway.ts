import { divFloor, smallerOf } from "./amount";
import type { Fraction } from "./fraction";
import type { Rate } from "./rate";

/** A running flow: `accruedAtStart` exactly accrued at `startMs`, `available` base units that accrual may reach. */
export type Funding = {
  readonly accruedAtStart: Fraction;
  readonly rate: Rate;
  readonly startMs: bigint;
  readonly available: bigint;
};

/** Some 3,170 years: no runway is longer, so that its end fits a `Date` and an int8, whatever the deposit. */
const MAX_RUNWAY_MS = 100_000_000_000_000n;

/**
 * The last millisecond that is paid for: the largest with exact accrual <= available (equality is funded), but no
 * more than MAX_RUNWAY_MS after the start. `startMs - 1` when not even the start is.
 */
export function fundedUntilMs({ accruedAtStart, rate, startMs, available }: Funding): bigint {
  const left = available * accruedAtStart.den - accruedAtStart.num; // in units of 1 / den
  if (left < 0n) return startMs - 1n;
  return startMs + smallerOf(divFloor(left * rate.periodMs, accruedAtStart.den * rate.amount), MAX_RUNWAY_MS);
}

/** The first millisecond that is not paid for: the stream is exhausted from here on. */
export function depletesMs(funding: Funding): bigint {
  return fundedUntilMs(funding) + 1n;
}

/** Milliseconds from `atMs` that are still paid for, rounded down, 0 when none. */
export function runwayMs(funding: Funding, atMs: bigint): bigint {
  const left = fundedUntilMs(funding) - atMs;
  return left > 0n ? left : 0n;
}
