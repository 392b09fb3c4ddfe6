import {
  type Answer,
  answerProperties,
  type Interpretation,
  interpretationSchema,
  MEDICAL_DISCLAIMER,
} from "../shared/answer";
import { documentSchema, numberIn, objectSchema } from "../shared/json-schema";
import { answerArrhythmia, arrhythmiaSources, RHYTHM_FORMULA } from "./arrhythmia";
import { conductionSources, prBand, qrsBand } from "./conduction";
import { qtProperty, type Sex, sexProperty } from "./qt-interval";
import { type Correction, corrections, correctionsSchema, QTC_FORMULA, qtcSources, qtcVerdict } from "./qtc";
import { interpretRhythm, type RhythmReport } from "./rhythm-report";
import { rhythmProperties, rrIntervalProperty, seriesUsedSchema } from "./rhythm-schema";

export type EcgInput = {
  readonly rrIntervalsMs: readonly number[];
  readonly qtMs: number;
  readonly sex: Sex;
  readonly prMs?: number;
  readonly qrsMs?: number;
};

const prProperty = numberIn("PR interval", { unit: "ms", minimum: 50, maximum: 600 });
const qrsProperty = numberIn("QRS duration", { unit: "ms", minimum: 40, maximum: 300 });
const optional = ["prMs", "qrsMs"];

export const ecgInputSchema = documentSchema(
  "ECG intervals with the RR series around them",
  {
    rrIntervalsMs: rrIntervalProperty,
    qtMs: qtProperty,
    sex: sexProperty,
    prMs: prProperty,
    qrsMs: qrsProperty,
  },
  { optional },
);

export const ecgOutputSchema = documentSchema("ECG analysis", {
  rhythm: objectSchema({ ...rhythmProperties, interpretation: interpretationSchema }),
  qtc: objectSchema({ corrections: correctionsSchema, interpretation: interpretationSchema }),
  conduction: objectSchema(
    { pr: interpretationSchema, qrs: interpretationSchema },
    { optional: ["pr", "qrs"] },
  ),
  ...answerProperties(
    objectSchema(
      {
        rrSeries: seriesUsedSchema,
        qtMs: qtProperty,
        sex: sexProperty,
        prMs: prProperty,
        qrsMs: qrsProperty,
      },
      { optional },
    ),
  ),
});

export const ecgSources = [...qtcSources, ...arrhythmiaSources, ...conductionSources];

type EcgAnswer = Answer & {
  readonly rhythm: RhythmReport & { readonly interpretation: Interpretation };
  readonly qtc: { readonly corrections: readonly Correction[]; readonly interpretation: Interpretation };
  readonly conduction: { readonly pr?: Interpretation; readonly qrs?: Interpretation };
};

/** Rhythm, QTc at the mean rate, and conduction from one recording. */
export function answerEcg(input: EcgInput): EcgAnswer {
  const { rrIntervalsMs, ...intervals } = input;
  const {
    formula: _f,
    inputsUsed,
    source: _s,
    interpretation: _i,
    disclaimer: _d,
    ...rhythm
  } = answerArrhythmia(input);
  const found = corrections(input.qtMs, inputsUsed.totalMs / rrIntervalsMs.length, input.sex);
  const conduction = {
    ...(input.prMs === undefined ? {} : { pr: prBand(input.prMs) }),
    ...(input.qrsMs === undefined ? {} : { qrs: qrsBand(input.qrsMs) }),
  };
  const parts = [interpretRhythm(rhythm), qtcVerdict(found), ...Object.values(conduction)];
  const normal = new Set(["no-finding", "normal"]);
  return {
    rhythm: { ...rhythm, interpretation: interpretRhythm(rhythm) },
    qtc: { corrections: found, interpretation: qtcVerdict(found) },
    conduction,
    formula: `QTc at the mean RR of the series. ${QTC_FORMULA}. ${RHYTHM_FORMULA}. PR normal 120-200 ms, QRS normal up to 110 ms`,
    inputsUsed: { rrSeries: inputsUsed, ...intervals },
    source: ecgSources,
    interpretation: {
      code: parts.every(({ code }) => normal.has(code)) ? "normal" : "abnormal",
      meaning: parts.map(({ meaning }) => meaning).join(". "),
    },
    disclaimer: MEDICAL_DISCLAIMER,
  };
}
