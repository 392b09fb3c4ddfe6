import {
  type Answer,
  answerProperties,
  type Interpretation,
  interpretationSchema,
  MEDICAL_DISCLAIMER,
} from "../shared/answer";
import { documentSchema, type JsonSchema, numberIn, objectSchema } from "../shared/json-schema";
import { roundTo } from "../shared/round-to";
import { qtProperty, type Sex, sexProperty } from "./qt-interval";
import { qtcBand, qtcBandSources } from "./qtc-band";
import { bazettSource, qtcBazett } from "./qtc-bazett";
import { framinghamSource, qtcFramingham } from "./qtc-framingham";
import { fridericiaSource, qtcFridericia } from "./qtc-fridericia";
import { hodgesSource, qtcHodges } from "./qtc-hodges";

export type QtcInput = { readonly qtMs: number; readonly sex: Sex } & (
  | { readonly rrMs: number; readonly heartRateBpm?: never }
  | { readonly heartRateBpm: number; readonly rrMs?: never }
);

export const qtcInputSchema = documentSchema(
  "QTc input: QT with either RR or the heart rate",
  {
    qtMs: qtProperty,
    rrMs: numberIn("RR interval before the measured QT; leave out when the rate is given", {
      unit: "ms",
      minimum: 240,
      maximum: 3000,
    }),
    heartRateBpm: numberIn("Heart rate; leave out when RR is given", {
      unit: "beats/min",
      minimum: 20,
      maximum: 250,
    }),
    sex: sexProperty,
  },
  {
    optional: ["rrMs", "heartRateBpm"],
    extra: { oneOf: [present("rrMs"), present("heartRateBpm")] },
  },
);

/** A branch that holds when the field is there; `properties` repeats its name for validators in strict mode. */
function present(field: string): JsonSchema {
  return { type: "object", properties: { [field]: true }, required: [field] };
}

const methods = [
  { method: "bazett", formula: "QT / √RR", correct: qtcBazett },
  { method: "fridericia", formula: "QT / ∛RR", correct: qtcFridericia },
  { method: "framingham", formula: "QT + 154·(1 − RR)", correct: qtcFramingham },
  { method: "hodges", formula: "QT + 1.75·(HR − 60)", correct: qtcHodges },
] as const;

const QTC_RANGE = { unit: "ms", minimum: -300, maximum: 2000 };

export const correctionsSchema = {
  type: "array",
  minItems: methods.length,
  maxItems: methods.length,
  items: objectSchema({
    method: { type: "string", enum: methods.map(({ method }) => method) },
    qtcMs: numberIn("Corrected QT, one decimal", QTC_RANGE),
    interpretation: interpretationSchema,
  }),
};

export const qtcOutputSchema = documentSchema("QTc by four formulas", {
  corrections: correctionsSchema,
  heartRateBpm: numberIn("Heart rate that was used, one decimal", {
    unit: "beats/min",
    minimum: 20,
    maximum: 250,
  }),
  ...answerProperties(qtcInputSchema),
});

export const qtcSources = [bazettSource, fridericiaSource, framinghamSource, hodgesSource, ...qtcBandSources];

export const QTC_FORMULA = `QT in ms, RR in s, HR in beats/min: ${methods
  .map(({ method, formula }) => `${method} ${formula}`)
  .join("; ")}`;

export type Correction = {
  readonly method: (typeof methods)[number]["method"];
  readonly qtcMs: number;
  readonly interpretation: Interpretation;
};

/** QTc by each formula, with what each means for the sex. */
export function corrections(qtMs: number, rrMs: number, sex: Sex): Correction[] {
  return methods.map(({ method, correct }) => {
    const qtcMs = correct(qtMs, rrMs);
    return { method, qtcMs: roundTo(qtcMs, 1), interpretation: qtcBand(qtcMs, sex) };
  });
}

/** The verdict of Fridericia, and a word where the four disagree: Bazett misleads far from 60 beats a minute. */
export function qtcVerdict(found: readonly Correction[]): Interpretation {
  const fridericia = found.find(({ method }) => method === "fridericia");
  if (!fridericia) throw new RangeError("A verdict needs Fridericia's correction.");
  const { code, meaning } = fridericia.interpretation;
  const others = found.filter(({ interpretation }) => interpretation.code !== code);
  const dissent = others
    .map(({ method, interpretation }) => `${method} says ${interpretation.code}`)
    .join(", ");
  return { code, meaning: `By Fridericia: ${meaning}${dissent ? `; ${dissent}` : ""}` };
}

export function answerQtc(
  input: QtcInput,
): Answer & { readonly corrections: readonly Correction[]; readonly heartRateBpm: number } {
  const rrMs = input.rrMs ?? 60_000 / input.heartRateBpm;
  const found = corrections(input.qtMs, rrMs, input.sex);
  return {
    corrections: found,
    heartRateBpm: roundTo(60_000 / rrMs, 1),
    formula: QTC_FORMULA,
    inputsUsed: input,
    source: qtcSources,
    interpretation: qtcVerdict(found),
    disclaimer: MEDICAL_DISCLAIMER,
  };
}
