import { describe, expect, test } from "vitest";
import { addHistogram, bucketOf, histogramOf, percentileMs } from "./provider-health-histogram";

describe("bucketOf", () => {
  test.each([
    { ms: 0, bucket: 0 },
    { ms: 1, bucket: 0 },
    { ms: 1.01, bucket: 1 },
    { ms: 2, bucket: 4 }, // 2^(4/4)
    { ms: 2.01, bucket: 5 },
    { ms: 42, bucket: 22 }, // 2^(21/4) = 38.05 < 42 <= 2^(22/4) = 45.25
    { ms: 1_024, bucket: 40 },
    { ms: 32_768, bucket: 60 },
    { ms: 3_600_000, bucket: 60 },
  ])("given $ms ms, it is bucket $bucket", ({ ms, bucket }) => {
    expect(bucketOf(ms)).toBe(bucket);
  });

  test("given one latency, its histogram ends with it", () => {
    expect(histogramOf(1.5)).toEqual([0, 0, 0, 1]);
    expect(histogramOf(0.3)).toEqual([1]);
  });
});

describe("addHistogram", () => {
  test("given a longer one, the shorter grows", () => {
    const sum = [1, 2];
    addHistogram(sum, [1, 0, 0, 5]);
    expect(sum).toEqual([2, 2, 0, 5]);
    addHistogram(sum, [1]);
    expect(sum).toEqual([3, 2, 0, 5]);
  });
});

describe("percentileMs", () => {
  test("given nothing, there is none", () => {
    expect(percentileMs([], 0.5)).toBeNull();
    expect(percentileMs([0, 0], 0.95)).toBeNull();
  });

  // Middles of buckets: 2^(21.5/4) = 41.5 ms, 2^(39.5/4) = 939 ms.
  test("given 95 quick answers and 5 slow ones, p95 is still quick, and p96 slow", () => {
    const histogram: number[] = [];
    for (let call = 0; call < 95; call += 1) addHistogram(histogram, histogramOf(42));
    for (let call = 0; call < 5; call += 1) addHistogram(histogram, histogramOf(1_000));
    expect([0.5, 0.95, 0.96, 1].map((share) => percentileMs(histogram, share))).toEqual([41, 41, 939, 939]);
  });

  test("given answers under a millisecond, it says 1 ms", () => {
    expect(percentileMs([7], 0.5)).toBe(1);
  });

  test("given any latency up to the last bucket, what it says is at most 9.1 % away, and half a millisecond of rounding", () => {
    for (let ms = 1; ms <= 30_000; ms = ms * 1.013 + 0.01) {
      const shown = percentileMs(histogramOf(ms), 0.5) ?? Number.NaN;
      expect(Math.abs(shown - ms)).toBeLessThanOrEqual(ms * 0.0906 + 0.5);
    }
  });
});
