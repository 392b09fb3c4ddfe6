import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerDas28Crp, das28Crp } from "./das28-crp";

const patient = { tenderJoints: 4, swollenJoints: 5, crpMgPerLitre: 44, globalHealthMm: 12 };

describe("das28Crp", () => {
  // The calculator of 4s-dawn.com/DAS28, as the tests of RheumaComposites.jl (test/types/das28.jl) record it.
  test("given the calculator's patient, it gives the calculator's 4.24 within 0.01", () => {
    expect(Math.abs(das28Crp(patient) - 4.24)).toBeLessThanOrEqual(0.01);
  });

  // medicalalgorithms.com names 0.96 as the minimum of this form.
  test("given nothing wrong, it is its constant, 0.96", () => {
    expect(das28Crp({ tenderJoints: 0, swollenJoints: 0, crpMgPerLitre: 0, globalHealthMm: 0 })).toBe(0.96);
  });

  test("given CRP in mg/dL by mistake, the reference is missed: the unit matters", () => {
    expect(Math.abs(das28Crp({ ...patient, crpMgPerLitre: 4.4 }) - 4.24)).toBeGreaterThan(0.5);
  });

  test("given the ESR's coefficient, the reference would be missed by far", () => {
    const wrong = das28Crp(patient) + (0.7 - 0.36) * Math.log(45);
    expect(Math.abs(wrong - 4.24)).toBeGreaterThan(1);
  });

  test.each([{ crpMgPerLitre: -1 }, { crpMgPerLitre: Number.NaN }, { tenderJoints: -1 }])(
    "given %o, it throws",
    (wrong) => {
      expect(() => das28Crp({ ...patient, ...wrong })).toThrow(RangeError);
    },
  );

  test("one more joint never lowers it, and it stays between 0.96 and 9.1", () => {
    const input = fc.record({
      tenderJoints: fc.integer({ min: 0, max: 27 }),
      swollenJoints: fc.integer({ min: 0, max: 28 }),
      crpMgPerLitre: fc.double({ min: 0, max: 500, noNaN: true }),
      globalHealthMm: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(input, (before) => {
        const score = das28Crp(before);
        expect(score >= 0.96 && score < 9.1).toBe(true);
        expect(das28Crp({ ...before, tenderJoints: before.tenderJoints + 1 })).toBeGreaterThan(score);
      }),
      { numRuns: 2_000 },
    );
  });
});

test("the answer says that the bands belong to the ESR form", () => {
  const { das28, interpretation } = answerDas28Crp(patient);
  expect(das28).toBe(4.24);
  expect(interpretation.code).toBe("moderate");
  expect(interpretation.meaning).toContain("DAS28-ESR");
});
