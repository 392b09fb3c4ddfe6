import { divFloor } from "./amount";
import type { Fraction } from "./fraction";
import type { Rate } from "./rate";

/** A running flow: `accruedAtStart` exactly accrued at `startMs`, `available` base units that accrual may reach. */
export type Funding = {
  readonly accruedAtStart: Fraction;
  readonly rate: Rate;
  readonly startMs: bigint;
  readonly available: bigint;
};

/**
 * The last millisecond that is paid for: the largest with exact accrual <= available (equality is funded).
 * `startMs - 1` when not even the start is.
 */
export function fundedUntilMs({ accruedAtStart, rate, startMs, available }: Funding): bigint {
  const left = available * accruedAtStart.den - accruedAtStart.num; // in units of 1 / den
  if (left < 0n) return startMs - 1n;
  return startMs + divFloor(left * rate.periodMs, accruedAtStart.den * rate.amount);
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
