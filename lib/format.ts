import { type Amount, amount } from "@/lib/domain/amount";
import type { Asset } from "@/lib/domain/asset";
import { type Rounding, toDecimal } from "@/lib/domain/decimal";
import { PERIODS_MS, type Rate } from "@/lib/domain/rate";

export type AmountFormat = {
  /** Decimals of the asset. */
  decimals: number;
  /** Most digits after the point; all that the asset has by default. */
  max?: number;
  /** Fewest digits after the point; 0 by default. */
  min?: number;
  /** `down` by default, so that a balance never looks bigger than it is. Costs are shown `up`. */
  rounding?: Rounding;
  /** Writes 1,234,567 instead of 1234567. */
  group?: boolean;
};

/**
 * An amount for people, exact to the digits it shows: 1666666666666666667n of 18 decimals, max 6, is "1.666666".
 *
 * @param value base units; a negative one gets a minus sign, and `down` then means towards zero
 * @throws RangeError when `min` is above `max`, or a digit count is not a whole number of 0 … 78
 */
export function formatAmount(value: bigint, format: AmountFormat): string {
  const { decimals, max = decimals, min = 0, rounding = "down", group = false } = format;
  if (min > max) throw new RangeError(`At least ${min} digits cannot be at most ${max}.`);
  const text = toDecimal(value < 0n ? -value : value, decimals, max, rounding);
  const [whole = "0", fraction = ""] = text.split(".");
  const kept = fraction.slice(0, min) + fraction.slice(min).replace(/0+$/, "");
  const grouped = group ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
  const digits = kept === "" ? grouped : `${grouped}.${kept}`;
  return value < 0n && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

/** An amount with its symbol: "1.666666 USDCx". */
export function formatToken(value: bigint, asset: Asset, format: Partial<AmountFormat> = {}): string {
  return `${formatAmount(value, { max: 6, ...format, decimals: asset.decimals })} ${asset.symbol}`;
}

/**
 * Reads what a person typed: digits and at most one point. No sign, exponent, space, group separator or leading zero.
 *
 * @returns base units, exactly
 * @throws RangeError with a sentence for the person: not a number, too many decimals, or too big
 */
export function parseAmount(text: string, decimals: number): Amount {
  const match = /^(0|[1-9][0-9]{0,77})(?:\.([0-9]{1,78}))?$/.exec(text);
  if (!match) throw new RangeError("Write an amount in digits, such as 10 or 0.25.");
  const [, whole = "0", fraction = ""] = match;
  if (fraction.length > decimals) throw new RangeError(`At most ${decimals} digits after the point.`);
  return amount(BigInt(whole + fraction.padEnd(decimals, "0")));
}

/** "3 h 12 min", "4 h", "45 s", "0.4 s", "2 d 5 h": the two largest units that are not zero, cut, never rounded up. */
export function formatDuration(ms: bigint): string {
  if (ms < 0n) return `-${formatDuration(-ms)}`;
  if (ms < 1_000n) return ms < 100n ? "0 s" : `0.${ms / 100n} s`;
  const parts = [
    { value: ms / PERIODS_MS.day, unit: "d" },
    { value: (ms / PERIODS_MS.hour) % 24n, unit: "h" },
    { value: (ms / PERIODS_MS.minute) % 60n, unit: "min" },
    { value: (ms / PERIODS_MS.second) % 60n, unit: "s" },
  ];
  const first = parts.findIndex(({ value }) => value > 0n);
  return parts
    .slice(first, first + 2)
    .filter(({ value }) => value > 0n)
    .map(({ value, unit }) => `${value} ${unit}`)
    .join(" ");
}

/**
 * A rate in the period that it was quoted in: "10 USDCx/day". An odd period is named in full: "100 USDCx/7 s". A flow on a chain is kept in
 * base units a second, which nobody quoted: 11574074074074n of 18 decimals is told by the day, rounded up, as "1 USDCx/day".
 */
export function formatRate(rate: Rate, asset: Asset): string {
  if (rate.periodMs === PERIODS_MS.second && digitsOf(rate.amount, asset.decimals) > 6) {
    const perDay = rate.amount * (PERIODS_MS.day / PERIODS_MS.second);
    return `${formatToken(perDay, asset, { rounding: "up" })}/day`;
  }
  const period = periodNames.get(rate.periodMs) ?? formatDuration(rate.periodMs);
  return `${formatToken(rate.amount, asset, { max: asset.decimals })}/${period}`;
}

/** How many digits an amount has after the point. */
function digitsOf(value: bigint, decimals: number): number {
  const [, fraction = ""] = formatAmount(value, { decimals }).split(".");
  return fraction.length;
}

const periodNames: ReadonlyMap<bigint, string> = new Map([
  [PERIODS_MS.second, "second"],
  [PERIODS_MS.minute, "minute"],
  [PERIODS_MS.hour, "hour"],
  [PERIODS_MS.day, "day"],
  [PERIODS_MS.week, "week"],
  [PERIODS_MS.month30, "30 days"],
]);
