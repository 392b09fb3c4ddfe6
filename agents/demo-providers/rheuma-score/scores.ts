import type { Answer } from "../shared/answer";
import type { JsonSchema } from "../shared/json-schema";
import type { Source } from "../shared/source";
import { answerBasdai, basdaiInputSchema, basdaiOutputSchema, basdaiSources } from "./basdai";
import { answerCdai, cdaiInputSchema, cdaiOutputSchema, cdaiSources } from "./cdai";
import { answerDas28Crp, das28CrpInputSchema, das28CrpOutputSchema, das28CrpSources } from "./das28-crp";
import { answerDas28Esr, das28EsrInputSchema, das28EsrOutputSchema, das28EsrSources } from "./das28-esr";
import { answerSledai2k, sledai2kInputSchema, sledai2kOutputSchema, sledai2kSources } from "./sledai-2k";

export type Score = {
  readonly slug: string;
  readonly name: string;
  readonly capability: "DAS28" | "CDAI" | "SLEDAI" | "BASDAI";
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  readonly sources: readonly Source[];
  readonly example: object;
  /** Takes what `inputSchema` accepted. */
  readonly answer: (input: object) => Answer;
};

function score<Input extends object>(
  described: Omit<Score, "answer" | "example"> & { example: Input },
  answer: (input: Input) => Answer,
): Score {
  // Every caller validates against `inputSchema` first, and Input is that schema's type.
  return { ...described, answer: answer as (input: object) => Answer };
}

/** The scores that RheumaScore computes, one at a time or in a batch. */
export const scores: readonly Score[] = [
  score(
    {
      slug: "das28-esr",
      name: "DAS28-ESR",
      capability: "DAS28",
      description: "Rheumatoid arthritis activity from 28 joints, sedimentation rate and global health.",
      inputSchema: das28EsrInputSchema,
      outputSchema: das28EsrOutputSchema,
      sources: das28EsrSources,
      example: { tenderJoints: 4, swollenJoints: 5, esrMmPerHour: 44, globalHealthMm: 12 },
    },
    answerDas28Esr,
  ),
  score(
    {
      slug: "das28-crp",
      name: "DAS28-CRP",
      capability: "DAS28",
      description: "Rheumatoid arthritis activity from 28 joints, C-reactive protein and global health.",
      inputSchema: das28CrpInputSchema,
      outputSchema: das28CrpOutputSchema,
      sources: das28CrpSources,
      example: { tenderJoints: 4, swollenJoints: 5, crpMgPerLitre: 44, globalHealthMm: 12 },
    },
    answerDas28Crp,
  ),
  score(
    {
      slug: "cdai",
      name: "CDAI",
      capability: "CDAI",
      description: "Rheumatoid arthritis activity at the bedside, without a laboratory value.",
      inputSchema: cdaiInputSchema,
      outputSchema: cdaiOutputSchema,
      sources: cdaiSources,
      example: { tenderJoints: 3, swollenJoints: 4, patientGlobalCm: 4, physicianGlobalCm: 4 },
    },
    answerCdai,
  ),
  score(
    {
      slug: "sledai-2k",
      name: "SLEDAI-2K",
      capability: "SLEDAI",
      description: "Lupus activity from 24 weighted descriptors of the past 10 days.",
      inputSchema: sledai2kInputSchema,
      outputSchema: sledai2kOutputSchema,
      sources: sledai2kSources,
      example: { arthritis: true, proteinuria: true, rash: true, lowComplement: true, fever: false },
    },
    answerSledai2k,
  ),
  score(
    {
      slug: "basdai",
      name: "BASDAI",
      capability: "BASDAI",
      description: "Ankylosing spondylitis activity from six questions on the past week.",
      inputSchema: basdaiInputSchema,
      outputSchema: basdaiOutputSchema,
      sources: basdaiSources,
      example: {
        fatigue: 6,
        spinalPain: 7,
        jointPain: 3,
        tenderAreas: 4,
        stiffnessSeverity: 7,
        stiffnessDuration: 5,
      },
    },
    answerBasdai,
  ),
];
