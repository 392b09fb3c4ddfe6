import { type Answer, answerProperties, MEDICAL_DISCLAIMER } from "../shared/answer";
import { bandOf } from "../shared/band-of";
import { documentSchema, numberIn } from "../shared/json-schema";
import { roundTo } from "../shared/round-to";
import type { Source } from "../shared/source";
import { das28Bands, das28BandsSource } from "./das28-bands";
import {
  assertJointCounts,
  globalHealthProperty,
  type JointCounts,
  jointCountProperties,
} from "./joint-counts";

export type Das28EsrInput = JointCounts & {
  /** Erythrocyte sedimentation rate, mm in the first hour, ≥ 1. */
  readonly esrMmPerHour: number;
  readonly globalHealthMm: number;
};

export const das28EsrProperties = {
  ...jointCountProperties,
  // The logarithm has no value at 0, and laboratories report at least 1.
  esrMmPerHour: numberIn("Erythrocyte sedimentation rate (Westergren)", {
    unit: "mm/h",
    minimum: 1,
    maximum: 200,
  }),
  globalHealthMm: globalHealthProperty,
};

export const das28EsrInputSchema = documentSchema("DAS28-ESR input", das28EsrProperties);

export const das28EsrOutputSchema = documentSchema("DAS28-ESR", {
  das28: numberIn("DAS28-ESR, two decimals", { unit: "score", minimum: 0, maximum: 10 }),
  ...answerProperties(das28EsrInputSchema),
});

export const das28EsrSources: readonly Source[] = [
  {
    citation:
      "Prevoo MLL, van 't Hof MA, Kuper HH, et al. Modified disease activity scores that include twenty-eight-joint counts. Arthritis Rheum 1995;38:44-8",
    year: 1995,
    url: "https://doi.org/10.1002/art.1780380107",
  },
  das28BandsSource,
];

/**
 * DAS28 with four variables and the sedimentation rate, unrounded.
 *
 * @throws RangeError outside the formula's domain, which the schema refuses first
 * @see Prevoo et al. 1995
 */
export function das28Esr(input: Das28EsrInput): number {
  assertJointCounts(input);
  const { tenderJoints, swollenJoints, esrMmPerHour, globalHealthMm } = input;
  if (!(esrMmPerHour >= 1)) throw new RangeError(`An ESR of ${esrMmPerHour} mm/h has no logarithm of use.`);
  return (
    0.56 * Math.sqrt(tenderJoints) +
    0.28 * Math.sqrt(swollenJoints) +
    0.7 * Math.log(esrMmPerHour) +
    0.014 * globalHealthMm
  );
}

export function answerDas28Esr(input: Das28EsrInput): Answer & { readonly das28: number } {
  const score = das28Esr(input);
  return {
    das28: roundTo(score, 2),
    formula: "0.56·√tenderJoints + 0.28·√swollenJoints + 0.70·ln(esrMmPerHour) + 0.014·globalHealthMm",
    inputsUsed: input,
    source: das28EsrSources,
    interpretation: bandOf(score, das28Bands),
    disclaimer: MEDICAL_DISCLAIMER,
  };
}
