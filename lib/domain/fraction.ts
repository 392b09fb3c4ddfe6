import { divFloor } from "./amount";

/** An exact rational number, `den` > 0, always in lowest terms. */
export type Fraction = { readonly num: bigint; readonly den: bigint };

/** `num / den` in lowest terms. @throws RangeError unless `den` > 0 */
export function fraction(num: bigint, den = 1n): Fraction {
  if (den <= 0n) throw new RangeError(`A denominator is positive: ${den}.`);
  const divisor = greatestCommonDivisor(num < 0n ? -num : num, den);
  return { num: num / divisor, den: den / divisor };
}

export function addFractions(a: Fraction, b: Fraction): Fraction {
  return fraction(a.num * b.den + b.num * a.den, a.den * b.den);
}

export function subtractFractions(a: Fraction, b: Fraction): Fraction {
  return fraction(a.num * b.den - b.num * a.den, a.den * b.den);
}

/** Below zero when a < b, zero when equal, above zero when a > b. */
export function compareFractions(a: Fraction, b: Fraction): -1 | 0 | 1 {
  const difference = a.num * b.den - b.num * a.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The greatest whole number that is not above it: −1/2 gives −1. */
export function floorFraction({ num, den }: Fraction): bigint {
  return divFloor(num, den);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
