import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerBasdai, basdai } from "./basdai";

function answers(values: readonly number[]) {
  const [
    fatigue = 0,
    spinalPain = 0,
    jointPain = 0,
    tenderAreas = 0,
    stiffnessSeverity = 0,
    stiffnessDuration = 0,
  ] = values;
  return { fatigue, spinalPain, jointPain, tenderAreas, stiffnessSeverity, stiffnessDuration };
}

describe("basdai", () => {
  // Reference value of RheumaComposites.jl (test/types/basdai.jl): 1, 2, 2, 2, 1, 3 → 1.8.
  test("given the reference patient, it is 1.8 within 1e-9", () => {
    expect(basdai(answers([1, 2, 2, 2, 1, 3]))).toBeCloseTo(1.8, 9);
  });

  test.each([
    { values: [0, 0, 0, 0, 0, 0], score: 0 },
    { values: [10, 10, 10, 10, 10, 10], score: 10 },
    { values: [6, 7, 3, 4, 7, 5], score: 5.2 },
    { values: [0, 0, 0, 0, 10, 0], score: 1 },
  ])("given $values, it is $score within 1e-9", ({ values, score }) => {
    expect(basdai(answers(values))).toBeCloseTo(score, 9);
  });

  test("given the mean of all six instead, the reference is missed: stiffness counts once", () => {
    const meanOfSix = (1 + 2 + 2 + 2 + 1 + 3) / 6;
    expect(Math.abs(meanOfSix - 1.8)).toBeGreaterThan(0.03);
    expect(Math.abs(basdai(answers([1, 2, 2, 2, 1, 3])) - meanOfSix)).toBeGreaterThan(0.03);
  });

  test.each([10.1, -0.1, Number.NaN])("given an answer of %d, it throws", (wrong) => {
    expect(() => basdai(answers([1, 2, 3, wrong, 5, 6]))).toThrow(RangeError);
  });

  test("it lies between the smallest and the largest answer", () => {
    const value = fc.double({ min: 0, max: 10, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 6, maxLength: 6 }), (values) => {
        const score = basdai(answers(values));
        expect(score >= Math.min(...values) - 1e-9 && score <= Math.max(...values) + 1e-9).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

test.each([
  { values: [4, 4, 4, 4, 4, 3.9], code: "not-active" },
  { values: [4, 4, 4, 4, 4, 4], code: "active" },
])("given $values, the answer says $code", ({ values, code }) => {
  expect(answerBasdai(answers(values)).interpretation.code).toBe(code);
});
