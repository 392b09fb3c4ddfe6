import { describe, expect, test } from "vitest";
import { toWire } from "./to-wire";

describe("toWire", () => {
  test("given amounts, moments and milliseconds, each takes its own form on the wire", () => {
    const value = {
      amount: 10n ** 30n,
      at: new Date(0),
      runwayMs: 5n,
      rate: { amount: 1n, periodMs: 86_400_000n },
      list: [1n, null, "x", true],
      none: null,
    };
    expect(toWire(value)).toEqual({
      amount: "1000000000000000000000000000000",
      at: "1970-01-01T00:00:00.000Z",
      runwayMs: 5,
      rate: { amount: "1", periodMs: 86_400_000 },
      list: ["1", null, "x", true],
      none: null,
    });
  });

  test("given milliseconds beyond what a JSON number holds exactly, it is a bug and not a rounded number", () => {
    expect(() => toWire({ runwayMs: 2n ** 53n })).toThrow(RangeError);
    expect(toWire({ runwayMs: 2n ** 53n - 1n })).toEqual({ runwayMs: 9_007_199_254_740_991 });
  });
});
