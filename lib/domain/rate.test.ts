import { describe, expect, test } from "vitest";
import { amount, divCeil, divFloor, MAX_AMOUNT } from "./amount";
import { DEFAULT_DEPOSIT_MS, requiredDeposit } from "./deposit";
import {
  amountOver,
  compareRates,
  flowRatePerSecond,
  isRate,
  PERIODS_MS,
  perDay,
  rate,
  timeFor,
} from "./rate";

const TOKEN = 10n ** 18n;

describe("amounts", () => {
  test.each([-1n, MAX_AMOUNT + 1n])("%s is none", (value) => {
    expect(() => amount(value)).toThrow(RangeError);
  });

  test("divisions round to where they say, below zero too", () => {
    expect([divFloor(7n, 2n), divCeil(7n, 2n), divFloor(-7n, 2n), divCeil(-7n, 2n)]).toEqual([
      3n,
      4n,
      -4n,
      -3n,
    ]);
    expect([divFloor(8n, 2n), divCeil(8n, 2n), divFloor(0n, 2n), divCeil(0n, 2n)]).toEqual([4n, 4n, 0n, 0n]);
    expect(() => divFloor(1n, 0n)).toThrow(RangeError);
    expect(() => divCeil(1n, -1n)).toThrow(RangeError);
  });
});

describe("rates", () => {
  test("the periods of the market, in milliseconds", () => {
    expect(PERIODS_MS).toEqual({
      second: 1_000n,
      minute: 60_000n,
      hour: 3_600_000n,
      day: 86_400_000n,
      week: 604_800_000n,
      month30: 2_592_000_000n,
    });
  });

  test.each([
    [0n, 1n],
    [-1n, 1n],
    [1n, 0n],
    [1n, -1n],
    [MAX_AMOUNT + 1n, 1n],
  ])("given %s every %s ms, there is no rate (D0.12)", (units, periodMs) => {
    expect(() => rate(units, periodMs)).toThrow(RangeError);
    expect(isRate({ amount: units, periodMs })).toBe(false);
  });

  test("a day of it is exactly what it says, which a rate per second is not (D0.16)", () => {
    for (const tokens of [1n, 10n, 100n]) {
      expect(amountOver(perDay(tokens * TOKEN), PERIODS_MS.day, "floor")).toBe(tokens * TOKEN);
      expect(amountOver(perDay(tokens * 1_000_000n), PERIODS_MS.day, "floor")).toBe(tokens * 1_000_000n);
    }
    expect(flowRatePerSecond(perDay(TOKEN))).toBe(11_574_074_074_074n);
    expect(flowRatePerSecond(perDay(1_000_000n))).toBe(11n);
  });

  test("the same pace compares equal in any period", () => {
    expect(compareRates(perDay(24n), rate(1n, PERIODS_MS.hour))).toBe(0);
    expect(compareRates(perDay(23n), rate(1n, PERIODS_MS.hour))).toBe(-1);
    expect(compareRates(perDay(25n), rate(1n, PERIODS_MS.hour))).toBe(1);
  });
});

describe("required deposit", () => {
  test.each([
    { given: "basic", tokens: 1n, at18: 166_666_666_666_666_667n, at6: 166_667n },
    { given: "professional", tokens: 10n, at18: 1_666_666_666_666_666_667n, at6: 1_666_667n },
    { given: "enterprise", tokens: 100n, at18: 16_666_666_666_666_666_667n, at6: 16_666_667n },
    { given: "an override of 25 a day", tokens: 25n, at18: 4_166_666_666_666_666_667n, at6: 4_166_667n },
  ])("given $given, 4 h of flow rounded up (S0.6)", ({ tokens, at18, at6 }) => {
    expect(DEFAULT_DEPOSIT_MS).toBe(14_400_000n);
    expect(requiredDeposit(perDay(tokens * TOKEN))).toBe(at18);
    expect(requiredDeposit(perDay(tokens * 1_000_000n))).toBe(at6);
  });

  test("given no time to cover, it refuses", () => {
    expect(() => requiredDeposit(perDay(1n), 0n)).toThrow(RangeError);
  });
});

describe("timeFor", () => {
  test.each([
    { given: "four hours of 24 a day", units: 4n, flow: rate(24n, 86_400_000n), ms: 14_400_000n },
    { given: "a part of a ms, which is not promised", units: 1n, flow: rate(3n, 1_000n), ms: 333n },
    { given: "nothing", units: 0n, flow: rate(3n, 1_000n), ms: 0n },
  ])("given $given, it is whole ms, rounded down", ({ units, flow, ms }) => {
    expect(timeFor(flow, units)).toBe(ms);
  });
});
