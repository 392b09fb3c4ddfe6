import { describe, expect, test } from "vitest";
import { VariabilityMeter } from "./variability";

function measure(intervals: readonly number[]) {
  const meter = new VariabilityMeter();
  for (const nnMs of intervals) meter.add(nnMs);
  return meter.read();
}

describe("VariabilityMeter", () => {
  // The series of the documentation of the Python package hrv (rhenanbartels/hrv), which states mean 805.5 and
  // variance 2646.25 over n; over n − 1 that is 3175.5, so SDNN is 56.3516. By hand: differences 10, 5, −65, 3, 152,
  // squares sum to 27463, /5 = 5492.6, root 74.1121; two of six intervals differ by more than 50 ms.
  test("given the documented series, it gives the documented figures", () => {
    const found = measure([800, 810, 815, 750, 753, 905]);
    expect(found).toEqual({
      nnIntervals: 6,
      meanNnMs: 805.5,
      sdnnMs: 56.35,
      rmssdMs: 74.11,
      pnn50Percent: 33.33,
    });
    expect(((found.sdnnMs ?? 0) ** 2 * 5) / 6).toBeCloseTo(2646.25, 0);
  });

  // Worked out in numpy: std(ddof=1) 152.8915, root mean square of diff 124.8217, 7 of 10.
  test("given a second series, it agrees with numpy", () => {
    const found = measure([1100, 1268, 1184, 1136, 952, 868, 880, 1032, 1156, 1308]);
    expect(found).toEqual({
      nnIntervals: 10,
      meanNnMs: 1088.4,
      sdnnMs: 152.89,
      rmssdMs: 124.82,
      pnn50Percent: 70,
    });
  });

  test("given a difference of 50 ms exactly, pNN50 does not count it", () => {
    expect(measure([800, 850]).pnn50Percent).toBe(0);
    expect(measure([800, 851]).pnn50Percent).toBe(50);
  });

  test("given an interruption, the intervals on its sides are no pair", () => {
    const meter = new VariabilityMeter();
    meter.add(800);
    meter.interrupt();
    meter.add(1000);
    expect(meter.read()).toMatchObject({ nnIntervals: 2, rmssdMs: null, pnn50Percent: null, meanNnMs: 900 });
  });

  test("given nothing, every measure is null and not 0", () => {
    expect(measure([])).toEqual({
      nnIntervals: 0,
      meanNnMs: null,
      sdnnMs: null,
      rmssdMs: null,
      pnn50Percent: null,
    });
  });
});
