import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerDas28Esr, das28Esr } from "./das28-esr";

const patient = { tenderJoints: 4, swollenJoints: 5, esrMmPerHour: 44, globalHealthMm: 12 };

describe("das28Esr", () => {
  // The calculator of 4s-dawn.com/DAS28, as the tests of RheumaComposites.jl (test/types/das28.jl) record it.
  test("given the calculator's patient, it gives the calculator's 4.56 within 0.01", () => {
    expect(Math.abs(das28Esr(patient) - 4.56)).toBeLessThanOrEqual(0.01);
  });

  // By hand from Prevoo 1995: √28 = 5.291503, ln 100 = 4.605170.
  test.each([
    { given: "nothing wrong", input: [0, 0, 1, 0], score: 0 },
    { given: "everything wrong", input: [28, 28, 100, 100], score: 9.068_481 },
    { given: "one joint of each kind", input: [1, 1, 1, 0], score: 0.84 },
    { given: "pain alone", input: [0, 0, 1, 100], score: 1.4 },
  ])("given $given, it is $score within 1e-6", ({ input, score }) => {
    const [tenderJoints = 0, swollenJoints = 0, esrMmPerHour = 0, globalHealthMm = 0] = input;
    const found = das28Esr({ tenderJoints, swollenJoints, esrMmPerHour, globalHealthMm });
    expect(Math.abs(found - score)).toBeLessThan(1e-6);
  });

  test("given global health in cm by mistake, the reference is missed: the unit matters", () => {
    expect(Math.abs(das28Esr({ ...patient, globalHealthMm: 1.2 }) - 4.56)).toBeGreaterThan(0.1);
  });

  test("given tender and swollen swapped, the reference is missed: the weights differ", () => {
    expect(Math.abs(das28Esr({ ...patient, tenderJoints: 5, swollenJoints: 4 }) - 4.56)).toBeGreaterThan(
      0.05,
    );
  });

  test.each([{ esrMmPerHour: 0 }, { esrMmPerHour: -3 }, { tenderJoints: 29 }, { swollenJoints: 0.5 }])(
    "given %o, it throws instead of giving -Infinity or a score",
    (wrong) => {
      expect(() => das28Esr({ ...patient, ...wrong })).toThrow(RangeError);
    },
  );

  test("it never falls when any of its inputs rises", () => {
    const joints = fc.integer({ min: 0, max: 27 });
    const input = fc.record({
      tenderJoints: joints,
      swollenJoints: joints,
      esrMmPerHour: fc.integer({ min: 1, max: 199 }),
      globalHealthMm: fc.integer({ min: 0, max: 99 }),
    });
    fc.assert(
      fc.property(input, (before) => {
        for (const key of Object.keys(before) as (keyof typeof before)[])
          expect(das28Esr({ ...before, [key]: before[key] + 1 })).toBeGreaterThan(das28Esr(before));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("answerDas28Esr", () => {
  // With no joint and an ESR of 1 the score is 0.014·mm, and 1.4 at most: the ESR lifts it to each edge.
  // ESR = e^(score / 0.7): 2.6 → 41.0254, 3.2 → 96.6821. Above 200 mm/h the joints have to help.
  test.each([
    { esrMmPerHour: 41.02, band: "remission" },
    { esrMmPerHour: 41.03, band: "low" },
    { esrMmPerHour: 96.68, band: "low" },
    { esrMmPerHour: 96.69, band: "moderate" },
  ])("given an ESR of $esrMmPerHour alone, it says $band", ({ esrMmPerHour, band }) => {
    const answer = answerDas28Esr({ tenderJoints: 0, swollenJoints: 0, esrMmPerHour, globalHealthMm: 0 });
    expect(answer.interpretation.code).toBe(band);
  });

  test("it carries the formula, the inputs, a source and the disclaimer", () => {
    const answer = answerDas28Esr(patient);
    expect(answer).toMatchObject({ das28: 4.56, inputsUsed: patient, interpretation: { code: "moderate" } });
    expect(answer.source[0]?.citation).toContain("Prevoo");
    expect(answer.disclaimer).toContain("not medical advice");
  });
});
