import { describe, expect, test } from "vitest";
import { answerCdai, cdai } from "./cdai";

const none = { tenderJoints: 0, swollenJoints: 0, patientGlobalCm: 0, physicianGlobalCm: 0 };

describe("cdai", () => {
  // Reference value of RheumaComposites.jl (test/types/cdai.jl): 1, 0, 1, 0 → 2.0.
  test("given the reference patient, it is 2.0 exactly", () => {
    expect(cdai({ ...none, tenderJoints: 1, patientGlobalCm: 1 })).toBe(2);
  });

  // Its published range is 0 to 76 (Aletaha 2005).
  test("given the worst of everything, it is 76", () => {
    expect(cdai({ tenderJoints: 28, swollenJoints: 28, patientGlobalCm: 10, physicianGlobalCm: 10 })).toBe(
      76,
    );
  });

  test.each([{ patientGlobalCm: 10.1 }, { physicianGlobalCm: -0.1 }, { tenderJoints: 29 }])(
    "given %o, it throws: a scale in mm is not one in cm",
    (wrong) => {
      expect(() => cdai({ ...none, ...wrong })).toThrow(RangeError);
    },
  );
});

describe("answerCdai", () => {
  test.each([
    { given: { patientGlobalCm: 2.8 }, band: "remission" },
    { given: { tenderJoints: 2, patientGlobalCm: 0.1, physicianGlobalCm: 0.7 }, band: "remission" },
    { given: { patientGlobalCm: 2.9 }, band: "low" },
    { given: { patientGlobalCm: 10 }, band: "low" },
    { given: { tenderJoints: 10, patientGlobalCm: 0.1 }, band: "moderate" },
    { given: { tenderJoints: 22 }, band: "moderate" },
    { given: { tenderJoints: 22, physicianGlobalCm: 0.1 }, band: "high" },
  ])("given $given, it says $band", ({ given, band }) => {
    expect(answerCdai({ ...none, ...given }).interpretation.code).toBe(band);
  });

  test("it shows one decimal without the noise of binary fractions", () => {
    expect(answerCdai({ ...none, patientGlobalCm: 0.1, physicianGlobalCm: 0.2 }).cdai).toBe(0.3);
  });
});
