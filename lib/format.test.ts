import { describe, expect, test } from "vitest";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { perDay, rate } from "@/lib/domain/rate";
import { formatAmount, formatDuration, formatRate, formatToken, parseAmount } from "./format";

const TOKEN = 10n ** 18n;

describe("formatAmount", () => {
  test.each([
    { given: "nothing", value: 0n, format: { decimals: 18 }, text: "0" },
    { given: "one base unit", value: 1n, format: { decimals: 18 }, text: "0.000000000000000001" },
    {
      given: "a balance just below a digit",
      value: 1_999_999n,
      format: { decimals: 6, max: 2 },
      text: "1.99",
    },
    {
      given: "a cost",
      value: 1_990_001n,
      format: { decimals: 6, max: 2, rounding: "up" as const },
      text: "2",
    },
    {
      given: "half a digit",
      value: 1_995_000n,
      format: { decimals: 6, max: 2, rounding: "nearest" as const },
      text: "2",
    },
    {
      given: "a minimum of digits",
      value: 5n * TOKEN,
      format: { decimals: 18, max: 6, min: 2 },
      text: "5.00",
    },
    { given: "zeros inside", value: 1_050_000n, format: { decimals: 6 }, text: "1.05" },
    { given: "no decimals", value: 1_000n, format: { decimals: 0 }, text: "1000" },
    {
      given: "groups",
      value: 1_234_567_890_000n,
      format: { decimals: 6, group: true },
      text: "1,234,567.89",
    },
    {
      given: "beyond every float",
      value: 12_345_678_901_234_567_890_123n,
      format: { decimals: 18 },
      text: "12345.678901234567890123",
    },
    { given: "a loss", value: -1_500_000n, format: { decimals: 6 }, text: "-1.5" },
    { given: "a loss too small to show", value: -1n, format: { decimals: 6, max: 2 }, text: "0" },
  ])("given $given, it writes $text", ({ value, format, text }) => {
    expect(formatAmount(value, format)).toBe(text);
  });

  test("given a minimum above the maximum, it refuses", () => {
    expect(() => formatAmount(1n, { decimals: 6, max: 1, min: 2 })).toThrow(RangeError);
  });
});

test("formatToken names the asset and rounds a balance down", () => {
  expect(formatToken(1_666_666_666_666_666_667n, LEDGER_ASSET)).toBe("1.666666 USDCx");
});

describe("parseAmount", () => {
  test.each([
    ["0", 0n],
    ["10", 10_000_000n],
    ["0.25", 250_000n],
    ["1.000001", 1_000_001n],
  ])("it reads %s exactly", (text, value) => {
    expect(parseAmount(text, 6)).toBe(value);
  });

  test.each([
    "",
    " ",
    "-1",
    "+1",
    "1e3",
    "1,5",
    "1,000",
    ".5",
    "5.",
    "01",
    "0x10",
    "1 ",
    "1.0000001",
    "NaN",
    "Infinity",
    "١",
    "9".repeat(79),
    "1".repeat(100_000),
  ])("it refuses %j", (text) => {
    expect(() => parseAmount(text, 6)).toThrow(RangeError);
  });

  test("it refuses what fits the digits but not the column", () => {
    expect(() => parseAmount("9".repeat(78), 6)).toThrow(RangeError);
  });

  test("it reads back what formatAmount writes", () => {
    for (const value of [0n, 1n, 999_999n, 1_000_000n, 123_456_789_012_345n])
      expect(parseAmount(formatAmount(value, { decimals: 6 }), 6)).toBe(value);
  });
});

test.each([
  [0n, "0 s"],
  [99n, "0 s"],
  [420n, "0.4 s"],
  [4_200n, "4 s"],
  [59_999n, "59 s"],
  [60_000n, "1 min"],
  [11_520_000n, "3 h 12 min"],
  [14_400_000n, "4 h"],
  [14_401_000n, "4 h"],
  [190_800_000n, "2 d 5 h"],
  [-60_000n, "-1 min"],
])("formatDuration(%s) is %s", (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test("formatRate keeps the quoted period", () => {
  expect(formatRate(perDay(10n * TOKEN), LEDGER_ASSET)).toBe("10 USDCx/day");
  expect(formatRate(rate(100_000_000_000_000n, 1_000n), LEDGER_ASSET)).toBe("0.0001 USDCx/second");
  expect(formatRate(rate(100n * TOKEN, 7_000n), LEDGER_ASSET)).toBe("100 USDCx/7 s");
});

test("formatRate tells the flow of a chain, which is kept by the second, by the day", () => {
  expect(formatRate(rate(11_574_074_074_074n, 1_000n), LEDGER_ASSET)).toBe("1 USDCx/day");
  expect(formatRate(rate(115_740_740_740_740n, 1_000n), LEDGER_ASSET)).toBe("10 USDCx/day");
  expect(formatRate(rate(1n, 1_000n), LEDGER_ASSET)).toBe("0.000001 USDCx/day");
});
