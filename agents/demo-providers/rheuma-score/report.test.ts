import { describe, expect, test } from "vitest";
import { InvalidInput } from "../shared/invalid-input";
import { answerReport } from "./report";

const worse = { tenderJoints: 12, swollenJoints: 9, esrMmPerHour: 52, globalHealthMm: 65 };
const better = { tenderJoints: 5, swollenJoints: 4, esrMmPerHour: 28, globalHealthMm: 38 };
const best = { tenderJoints: 1, swollenJoints: 1, esrMmPerHour: 14, globalHealthMm: 15 };

describe("answerReport", () => {
  // DAS28 6.455768, 4.676741 and 2.897340, worked out in Python.
  test("given three visits, it gives each score, its change and its response", () => {
    const report = answerReport({
      visits: [
        { date: "2025-01-15", ...worse },
        { date: "2025-04-16", ...better },
        { date: "2025-07-16", ...best },
      ],
    });
    expect(report.visits).toMatchObject([
      { das28: 6.46, changeFromBaseline: 0, eularResponse: null, activity: { code: "high" } },
      { das28: 4.68, changeFromBaseline: -1.78, eularResponse: "moderate", activity: { code: "moderate" } },
      { das28: 2.9, changeFromBaseline: -3.56, eularResponse: "good", activity: { code: "low" } },
    ]);
    expect(report.visitsInRemission).toBe(0);
    expect(report.interpretation.code).toBe("response-good");
  });

  test.each([
    { dates: ["2025-01-15", "2025-01-15"], pointer: "/visits/1/date" },
    { dates: ["2025-04-15", "2025-01-15"], pointer: "/visits/1/date" },
    { dates: ["2025-02-30", "2025-04-15"], pointer: "/visits/0/date" },
  ])("given the dates $dates, it refuses $pointer", ({ dates, pointer }) => {
    const visits = dates.map((date) => ({ date, ...best }));
    const refusal = expect(() => answerReport({ visits }));
    refusal.toThrow(InvalidInput);
    refusal.toThrow(expect.objectContaining({ errors: [expect.objectContaining({ pointer })] }));
  });
});
