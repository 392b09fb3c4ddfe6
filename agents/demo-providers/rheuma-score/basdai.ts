import { type Answer, answerProperties, MEDICAL_DISCLAIMER } from "../shared/answer";
import { type Band, bandOf } from "../shared/band-of";
import { documentSchema, numberIn } from "../shared/json-schema";
import { roundTo } from "../shared/round-to";
import type { Source } from "../shared/source";

export type BasdaiInput = {
  readonly fatigue: number;
  readonly spinalPain: number;
  readonly jointPain: number;
  readonly tenderAreas: number;
  readonly stiffnessSeverity: number;
  readonly stiffnessDuration: number;
};

const scale = { unit: "cm on a 10 cm line (or a 0-10 rating)", minimum: 0, maximum: 10 };

export const basdaiInputSchema = documentSchema("BASDAI input, over the past week", {
  fatigue: numberIn("Question 1: overall level of fatigue or tiredness", scale),
  spinalPain: numberIn(
    "Question 2: overall level of neck, back or hip pain of ankylosing spondylitis",
    scale,
  ),
  jointPain: numberIn("Question 3: overall level of pain or swelling in other joints", scale),
  tenderAreas: numberIn("Question 4: overall discomfort from areas tender to touch or pressure", scale),
  stiffnessSeverity: numberIn(
    "Question 5: overall level of morning stiffness from the time of waking",
    scale,
  ),
  stiffnessDuration: numberIn(
    "Question 6: how long morning stiffness lasts, 0 for none, 5 for 1 h, 10 for 2 h or more",
    scale,
  ),
});

export const basdaiOutputSchema = documentSchema("BASDAI", {
  basdai: numberIn("BASDAI, two decimals", { unit: "score", minimum: 0, maximum: 10 }),
  ...answerProperties(basdaiInputSchema),
});

const bands: readonly Band[] = [
  {
    code: "not-active",
    meaning: "Below 4: not active disease by the customary threshold",
    upTo: 4,
    open: true,
  },
  { code: "active", meaning: "4 or more: active disease by the customary threshold", upTo: 10 },
];

export const basdaiSources: readonly Source[] = [
  {
    citation:
      "Garrett S, Jenkinson T, Kennedy LG, et al. A new approach to defining disease status in ankylosing spondylitis: the Bath Ankylosing Spondylitis Disease Activity Index. J Rheumatol 1994;21:2286-91",
    year: 1994,
  },
  {
    citation:
      "Braun J, Pham T, Sieper J, et al. International ASAS consensus statement for the use of anti-tumour necrosis factor agents in patients with ankylosing spondylitis. Ann Rheum Dis 2003;62:817-24 (threshold of 4)",
    year: 2003,
  },
];

/**
 * Bath Ankylosing Spondylitis Disease Activity Index, 0 to 10. The two questions on morning stiffness count as one.
 *
 * @throws RangeError outside the scales, which the schema refuses first
 * @see Garrett et al. 1994
 */
export function basdai(input: BasdaiInput): number {
  for (const [question, value] of Object.entries(input))
    if (!(value >= 0 && value <= 10)) throw new RangeError(`${question} is ${value}, outside 0 to 10.`);
  const { fatigue, spinalPain, jointPain, tenderAreas, stiffnessSeverity, stiffnessDuration } = input;
  const stiffness = (stiffnessSeverity + stiffnessDuration) / 2;
  return (fatigue + spinalPain + jointPain + tenderAreas + stiffness) / 5;
}

export function answerBasdai(input: BasdaiInput): Answer & { readonly basdai: number } {
  const score = basdai(input);
  return {
    basdai: roundTo(score, 2),
    formula:
      "(fatigue + spinalPain + jointPain + tenderAreas + (stiffnessSeverity + stiffnessDuration) / 2) / 5",
    inputsUsed: input,
    source: basdaiSources,
    interpretation: bandOf(score, bands),
    disclaimer: MEDICAL_DISCLAIMER,
  };
}
