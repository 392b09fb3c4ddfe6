import { expect, test } from "vitest";
import { toDecimal } from "./decimal";

test.each([
  [1_666_666_666_666_666_667n, 18, 6, "nearest", "1.666667"],
  [1_666_666_666_666_666_667n, 18, 6, "down", "1.666666"],
  [1_250_000_000_000_000_001n, 18, 6, "up", "1.250001"],
  [1_500_000n, 6, 0, "nearest", "2"],
  [1_499_999n, 6, 0, "nearest", "1"],
  [7n, 0, 2, "down", "7.00"],
  [0n, 18, 6, "up", "0.000000"],
] as const)(
  "%s of %i decimals in %i digits, rounded %s, is %s",
  (value, decimals, fraction, rounding, text) => {
    expect(toDecimal(value, decimals, fraction, rounding)).toBe(text);
  },
);

test.each([
  [-1n, 18, 6],
  [1n, -1, 6],
  [1n, 18, 79],
  [1n, 18, 0.5],
] as const)("%s of %s decimals in %s digits is refused", (value, decimals, fraction) => {
  expect(() => toDecimal(value, decimals, fraction, "down")).toThrow(RangeError);
});
