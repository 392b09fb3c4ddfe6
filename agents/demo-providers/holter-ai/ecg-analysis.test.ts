import { describe, expect, test } from "vitest";
import { prBand, qrsBand } from "./conduction";
import { answerEcg } from "./ecg-analysis";

const steady = new Array<number>(150).fill(800);

describe("answerEcg", () => {
  test("given a normal recording, every part says so", () => {
    const answer = answerEcg({ rrIntervalsMs: steady, qtMs: 380, sex: "female", prMs: 160, qrsMs: 90 });
    expect(answer.interpretation.code).toBe("normal");
    expect(answer.rhythm.meanHeartRateBpm).toBe(75);
    expect(answer.qtc.corrections[0]).toMatchObject({ method: "bazett", qtcMs: 424.9 }); // 380 / √0.8
    expect(answer.conduction).toMatchObject({ pr: { code: "normal" }, qrs: { code: "normal" } });
  });

  test.each([
    { given: "a long QT", wrong: { qtMs: 480 } },
    { given: "a long PR", wrong: { prMs: 220 } },
    { given: "a wide QRS", wrong: { qrsMs: 130 } },
    { given: "a pause", wrong: { rrIntervalsMs: [...steady, 2600] } },
  ])("given $given, it is abnormal", ({ wrong }) => {
    const input = {
      rrIntervalsMs: steady,
      qtMs: 380,
      sex: "female" as const,
      prMs: 160,
      qrsMs: 90,
      ...wrong,
    };
    expect(answerEcg(input).interpretation.code).toBe("abnormal");
  });

  test("given no PR and no QRS, it does not judge them", () => {
    expect(answerEcg({ rrIntervalsMs: steady, qtMs: 380, sex: "male" }).conduction).toEqual({});
  });
});

// Kusumoto 2019 (PR) and Surawicz 2009 (QRS).
test.each([
  [prBand, 119, "short"],
  [prBand, 120, "normal"],
  [prBand, 200, "normal"],
  [prBand, 201, "first-degree-block"],
  [qrsBand, 110, "normal"],
  [qrsBand, 111, "borderline"],
  [qrsBand, 119, "borderline"],
  [qrsBand, 120, "wide"],
])("%o of %i ms is %s", (band, ms, code) => {
  expect(band(ms).code).toBe(code);
});
