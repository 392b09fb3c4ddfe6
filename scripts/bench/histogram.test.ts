import { describe, expect, test } from "vitest";
import { Histogram } from "./histogram";

function of(...latencies: number[]): Histogram {
  const histogram = new Histogram();
  for (const ms of latencies) histogram.record(ms);
  return histogram;
}

describe("Histogram", () => {
  test("given a hundred latencies of 1 to 100 ms, percentiles are the true ones, rounded up by less than 1 %", () => {
    const histogram = of(...Array.from({ length: 100 }, (_, i) => i + 1));
    for (const percent of [1, 50, 99, 100]) {
      expect(histogram.percentileMs(percent)).toBeGreaterThanOrEqual(percent);
      expect(histogram.percentileMs(percent)).toBeLessThan(percent * 1.01);
    }
  });

  test.each([
    { ms: 0, end: 0.001 },
    { ms: 0.127, end: 0.128 },
    { ms: 0.128, end: 0.129 },
    { ms: 0.256, end: 0.258 },
    { ms: 1000, end: 1003.52 },
  ])("given one latency of $ms ms, it counts up to the end of its bucket, $end ms", ({ ms, end }) => {
    expect(of(ms).percentileMs(50)).toBe(end);
  });

  test("given one slow answer among a hundred, p99 does not see it and p100 does", () => {
    const histogram = of(...new Array(99).fill(1), 500);
    expect(histogram.percentileMs(99)).toBeLessThan(1.01);
    expect(histogram.percentileMs(100)).toBeGreaterThanOrEqual(500);
  });

  test("given two rounds, adding them gives the percentiles of all requests, not the mean of both", () => {
    const sum = of(...new Array(90).fill(1));
    sum.add(of(...new Array(10).fill(100)));
    expect(sum.total).toBe(100);
    expect(sum.percentileMs(90)).toBeLessThan(1.01);
    expect(sum.percentileMs(91)).toBeGreaterThanOrEqual(100);
  });

  test("given nothing, there is no percentile", () => {
    expect(() => new Histogram().percentileMs(50)).toThrow(RangeError);
  });

  test("given an hour, it counts in the last bucket and breaks nothing", () => {
    expect(of(3_600_000).percentileMs(50)).toBeGreaterThan(60_000);
  });

  test("sent to another process as an array, it is the same", () => {
    expect(new Histogram(of(1, 2, 3).toArray()).percentileMs(100)).toBe(of(3).percentileMs(100));
  });
});
