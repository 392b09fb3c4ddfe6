declare const amountBrand: unique symbol;

/** Base units of one asset, 0 … `MAX_AMOUNT`. Arithmetic drops the brand; `amount` puts it back. */
export type Amount = bigint & { readonly [amountBrand]: true };

/** The largest value of a `numeric(78, 0)` column, and more than any uint256. */
export const MAX_AMOUNT = 10n ** 78n - 1n;

/**
 * @param value base units
 * @throws RangeError below zero or above `MAX_AMOUNT`: a bug of ours, since schemas check what comes in
 */
export function amount(value: bigint): Amount {
  if (value < 0n) throw new RangeError(`An amount is never negative: ${value}.`);
  if (value > MAX_AMOUNT) throw new RangeError(`An amount has at most 78 digits: ${value}.`);
  return value as Amount;
}

/** The smaller of two, for bigints, which `Math.min` does not take. */
export function smallerOf(a: bigint, b: bigint): bigint {
  if (a < b) return a;
  return b;
}

/** The larger of two, for bigints, which `Math.max` does not take. */
export function largerOf(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** Division towards minus infinity, for what is paid out. @throws RangeError unless `divisor` > 0 */
export function divFloor(dividend: bigint, divisor: bigint): bigint {
  if (divisor <= 0n) throw new RangeError(`Cannot divide by ${divisor}.`);
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient; // BigInt division cuts towards zero.
}

/** Division towards plus infinity, for what is asked for. @throws RangeError unless `divisor` > 0 */
export function divCeil(dividend: bigint, divisor: bigint): bigint {
  return -divFloor(-dividend, divisor);
}
