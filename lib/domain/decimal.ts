import { divCeil, divFloor } from "./amount";

export type Rounding = "down" | "up" | "nearest";

/**
 * An exact decimal text with `fraction` digits after the point: 1666666666666666667n of 18 decimals is "1.666667" to the
 * nearest of 6. Half a unit goes up.
 *
 * @param value base units, 0 or more
 * @throws RangeError for a negative value, or digits that are not whole numbers of 0 … 78
 */
export function toDecimal(value: bigint, decimals: number, fraction: number, rounding: Rounding): string {
  if (value < 0n) throw new RangeError(`An amount is never negative: ${value}.`);
  const scale = 10n ** digits(fraction);
  const unit = 10n ** digits(decimals);
  const scaled = round(value * scale, unit, rounding);
  const whole = (scaled / scale).toString();
  return fraction === 0 ? whole : `${whole}.${(scaled % scale).toString().padStart(fraction, "0")}`;
}

function round(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  if (rounding === "down") return divFloor(dividend, divisor);
  if (rounding === "up") return divCeil(dividend, divisor);
  return divFloor(2n * dividend + divisor, 2n * divisor);
}

function digits(count: number): bigint {
  if (!Number.isInteger(count) || count < 0 || count > 78)
    throw new RangeError(`Not a digit count: ${count}.`);
  return BigInt(count);
}
