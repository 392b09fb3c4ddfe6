import { expect, test } from "vitest";
import { bandOf } from "./band-of";

const bands = [
  { code: "low", meaning: "Low", upTo: 2.6, open: true },
  { code: "middle", meaning: "Middle", upTo: 2.8 },
  { code: "high", meaning: "High", upTo: Number.POSITIVE_INFINITY },
];

test.each([
  [2.599_999, "low"],
  [2.6, "middle"],
  [0.1 + 0.7 + 2, "middle"],
  [2.800_001, "high"],
])("%d is %s", (value, code) => {
  expect(bandOf(value, bands).code).toBe(code);
});

test("given no number, it throws instead of choosing a band", () => {
  expect(() => bandOf(Number.NaN, bands)).toThrow(RangeError);
});
