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

export type Das28CrpInput = JointCounts & {
  /** C-reactive protein, mg per litre (not per decilitre). */
  readonly crpMgPerLitre: number;
  readonly globalHealthMm: number;
};

export const das28CrpInputSchema = documentSchema("DAS28-CRP input", {
  ...jointCountProperties,
  crpMgPerLitre: numberIn("C-reactive protein, per litre and not per decilitre", {
    unit: "mg/L",
    minimum: 0,
    maximum: 500,
  }),
  globalHealthMm: globalHealthProperty,
});

export const das28CrpOutputSchema = documentSchema("DAS28-CRP", {
  das28: numberIn("DAS28-CRP, two decimals", { unit: "score", minimum: 0.96, maximum: 10 }),
  ...answerProperties(das28CrpInputSchema),
});

export const das28CrpSources: readonly Source[] = [
  {
    citation:
      "Wells G, Becker J-C, Teng J, et al. Validation of the 28-joint Disease Activity Score (DAS28) and EULAR response criteria based on C-reactive protein. Ann Rheum Dis 2009;68:954-60",
    year: 2009,
    url: "https://doi.org/10.1136/ard.2007.084459",
  },
  das28BandsSource,
];

/**
 * DAS28 with four variables and C-reactive protein, unrounded.
 *
 * @throws RangeError outside the formula's domain, which the schema refuses first
 * @see Wells et al. 2009
 */
export function das28Crp(input: Das28CrpInput): number {
  assertJointCounts(input);
  const { tenderJoints, swollenJoints, crpMgPerLitre, globalHealthMm } = input;
  if (!(crpMgPerLitre >= 0)) throw new RangeError(`A CRP of ${crpMgPerLitre} mg/L.`);
  return (
    0.56 * Math.sqrt(tenderJoints) +
    0.28 * Math.sqrt(swollenJoints) +
    0.36 * Math.log(crpMgPerLitre + 1) +
    0.014 * globalHealthMm +
    0.96
  );
}

export function answerDas28Crp(input: Das28CrpInput): Answer & { readonly das28: number } {
  const score = das28Crp(input);
  const { code, meaning } = bandOf(score, das28Bands);
  return {
    das28: roundTo(score, 2),
    formula:
      "0.56·√tenderJoints + 0.28·√swollenJoints + 0.36·ln(crpMgPerLitre + 1) + 0.014·globalHealthMm + 0.96",
    inputsUsed: input,
    source: das28CrpSources,
    // The customary bands were drawn for the ESR form; the CRP form tends to read lower.
    interpretation: {
      code,
      meaning: `${meaning}, by the cut-offs of DAS28-ESR; DAS28-CRP tends to read lower`,
    },
    disclaimer: MEDICAL_DISCLAIMER,
  };
}
