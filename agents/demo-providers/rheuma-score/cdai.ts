import { type Answer, answerProperties, MEDICAL_DISCLAIMER } from "../shared/answer";
import { type Band, bandOf } from "../shared/band-of";
import { documentSchema, numberIn } from "../shared/json-schema";
import { roundTo } from "../shared/round-to";
import type { Source } from "../shared/source";
import { assertJointCounts, type JointCounts, jointCountProperties } from "./joint-counts";

export type CdaiInput = JointCounts & {
  readonly patientGlobalCm: number;
  readonly physicianGlobalCm: number;
};

const scale = { unit: "cm", minimum: 0, maximum: 10 };

export const cdaiInputSchema = documentSchema("CDAI input", {
  ...jointCountProperties,
  patientGlobalCm: numberIn("Patient's global assessment of disease activity, 0 none to 10 extreme", scale),
  physicianGlobalCm: numberIn(
    "Physician's global assessment of disease activity, 0 none to 10 extreme",
    scale,
  ),
});

export const cdaiOutputSchema = documentSchema("CDAI", {
  cdai: numberIn("CDAI, one decimal", { unit: "score", minimum: 0, maximum: 76 }),
  ...answerProperties(cdaiInputSchema),
});

const bands: readonly Band[] = [
  { code: "remission", meaning: "Remission (up to 2.8)", upTo: 2.8 },
  { code: "low", meaning: "Low disease activity (above 2.8 to 10)", upTo: 10 },
  { code: "moderate", meaning: "Moderate disease activity (above 10 to 22)", upTo: 22 },
  { code: "high", meaning: "High disease activity (above 22)", upTo: Number.POSITIVE_INFINITY },
];

export const cdaiSources: readonly Source[] = [
  {
    citation:
      "Aletaha D, Nell VPK, Stamm T, et al. Acute phase reactants add little to composite disease activity indices for rheumatoid arthritis: validation of a clinical activity score. Arthritis Res Ther 2005;7:R796-806",
    year: 2005,
    url: "https://doi.org/10.1186/ar1740",
  },
  {
    citation:
      "Aletaha D, Smolen J. The Simplified Disease Activity Index (SDAI) and the Clinical Disease Activity Index (CDAI): a review of their usefulness and validity in rheumatoid arthritis. Clin Exp Rheumatol 2005;23(5 Suppl 39):S100-8",
    year: 2005,
  },
];

/**
 * Clinical Disease Activity Index, 0 to 76.
 *
 * @throws RangeError outside the formula's domain, which the schema refuses first
 * @see Aletaha et al. 2005
 */
export function cdai(input: CdaiInput): number {
  assertJointCounts(input);
  const { tenderJoints, swollenJoints, patientGlobalCm, physicianGlobalCm } = input;
  for (const global of [patientGlobalCm, physicianGlobalCm])
    if (!(global >= 0 && global <= 10)) throw new RangeError(`A global assessment of ${global} cm.`);
  return tenderJoints + swollenJoints + patientGlobalCm + physicianGlobalCm;
}

export function answerCdai(input: CdaiInput): Answer & { readonly cdai: number } {
  const score = cdai(input);
  return {
    cdai: roundTo(score, 1),
    formula: "tenderJoints + swollenJoints + patientGlobalCm + physicianGlobalCm",
    inputsUsed: input,
    source: cdaiSources,
    interpretation: bandOf(score, bands),
    disclaimer: MEDICAL_DISCLAIMER,
  };
}
