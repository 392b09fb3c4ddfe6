import { describe, expect, test } from "vitest";
import { shortAmount } from "./short-amount";

describe("shortAmount", () => {
  test.each([
    [0n, "0.00"],
    [10n ** 18n, "1.00"],
    [41_666_666_666_666_666n, "0.0417"],
    [11_574_074_074_074n, "0.0000116"],
    [500_000_000_000_000_000n, "0.50"],
    [1_234_567_890_000_000_000_000n, "1,234.57"],
    [1n, "0.000000000000000001"],
    [999_900_000_000_000_000n, "1.00"],
  ])("%d base units of 18 decimals are %s", (units, text) => {
    expect(shortAmount(units, 18)).toBe(text);
  });
});
