import { type Amount, amount, divCeil, divFloor, MAX_AMOUNT } from "./amount";
import { type Fraction, fraction } from "./fraction";

/**
 * A price of time: `amount` base units in every `periodMs`, both above zero. Never a number per second: at 6 decimals
 * a dollar a day would lose 5 % to rounding (decision 0010).
 */
export type Rate = { readonly amount: bigint; readonly periodMs: bigint };

/** The periods that a market may quote. The maths takes any; input schemas take these. */
export const PERIODS_MS = {
  second: 1_000n,
  minute: 60_000n,
  hour: 3_600_000n,
  day: 86_400_000n,
  week: 604_800_000n,
  month30: 2_592_000_000n,
} as const;

/** @throws RangeError when either part is zero or negative, or too big to store */
export function rate(unitsPerPeriod: bigint, periodMs: bigint): Rate {
  if (unitsPerPeriod <= 0n) throw new RangeError(`A rate is above zero: ${unitsPerPeriod}.`);
  if (periodMs <= 0n) throw new RangeError(`A period is above zero: ${periodMs} ms.`);
  return { amount: amount(unitsPerPeriod), periodMs };
}

/** Whether a rate that somebody else made is one: both parts above zero, and small enough to store. */
export function isRate({ amount: units, periodMs }: Rate): boolean {
  return units > 0n && units <= MAX_AMOUNT && periodMs > 0n;
}

/** @throws RangeError when it is zero or negative, or too big to store */
export function perDay(unitsPerDay: bigint): Rate {
  return rate(unitsPerDay, PERIODS_MS.day);
}

/** Base units a second, rounded down. For display and comparison only: money is never computed from it. */
export function flowRatePerSecond(flow: Rate): Amount {
  return amount(divFloor(flow.amount * 1_000n, flow.periodMs));
}

/** Exactly what flows in `ms` ≥ 0 milliseconds. */
export function exactAmountOver(flow: Rate, ms: bigint): Fraction {
  return fraction(flow.amount * ms, flow.periodMs);
}

/** What flows in `ms` ≥ 0 milliseconds, in base units: `floor` for what is paid, `ceil` for what is asked. */
export function amountOver(flow: Rate, ms: bigint, rounding: "floor" | "ceil"): Amount {
  const divide = rounding === "ceil" ? divCeil : divFloor;
  return amount(divide(flow.amount * ms, flow.periodMs));
}

/** How many whole ms `units` ≥ 0 base units last at this flow: rounded down, so that no more time is promised than is paid. */
export function timeFor(flow: Rate, units: bigint): bigint {
  return divFloor(units * flow.periodMs, flow.amount);
}

/** Below zero when `a` is slower, zero when both flow alike, whatever their periods. */
export function compareRates(a: Rate, b: Rate): -1 | 0 | 1 {
  const difference = a.amount * b.periodMs - b.amount * a.periodMs;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
