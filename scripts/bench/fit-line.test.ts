import { describe, expect, test } from "vitest";
import { fitLine } from "./fit-line";

const samples = (...values: number[]) => values.map((value, n) => ({ atMs: n * 1000, value }));

describe("fitLine", () => {
  test("given points on a line, it is that line", () => {
    expect(fitLine(samples(100, 110, 120, 130))).toEqual({ first: 100, last: 130 });
  });

  test("given a level that only goes to and fro, it is flat", () => {
    expect(fitLine(samples(100, 120, 120, 100))).toEqual({ first: 110, last: 110 });
  });

  test("given 0, 0, 3 at 0, 1, 2 s, it rises from -0.5 to 2.5", () => {
    const { first, last } = fitLine(samples(0, 0, 3));
    expect(first).toBeCloseTo(-0.5);
    expect(last).toBeCloseTo(2.5);
  });

  test("given one point, there is no line", () => {
    expect(() => fitLine(samples(1))).toThrow(RangeError);
  });
});
