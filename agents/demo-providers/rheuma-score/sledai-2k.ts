import { type Answer, answerProperties, MEDICAL_DISCLAIMER } from "../shared/answer";
import { type Band, bandOf } from "../shared/band-of";
import { documentSchema, integerIn, type JsonSchema, objectSchema } from "../shared/json-schema";
import type { Source } from "../shared/source";
import { type SledaiDescriptor, sledaiDescriptors } from "./sledai-descriptors";

/** A descriptor that is left out counts as absent. */
export type Sledai2kInput = Partial<Record<SledaiDescriptor, boolean>>;

type Scored = { readonly descriptor: SledaiDescriptor; readonly weight: number };

const names = Object.keys(sledaiDescriptors) as SledaiDescriptor[];

const descriptorProperties: Record<string, JsonSchema> = Object.fromEntries(
  names.map((name) => {
    const { weight, meaning } = sledaiDescriptors[name];
    return [
      name,
      { type: "boolean", description: `${meaning}. Present now or in the past 10 days: ${weight}` },
    ];
  }),
);

// At least one answer, so that an empty body is not read as "no activity".
export const sledai2kInputSchema = documentSchema("SLEDAI-2K input", descriptorProperties, {
  optional: names,
  extra: { minProperties: 1 },
});

export const sledai2kOutputSchema = documentSchema("SLEDAI-2K", {
  sledai2k: integerIn("SLEDAI-2K", { unit: "points", minimum: 0, maximum: 105 }),
  scored: {
    type: "array",
    items: objectSchema({
      descriptor: { type: "string", enum: names },
      weight: integerIn("What the descriptor adds", { unit: "points", minimum: 1, maximum: 8 }),
    }),
  },
  ...answerProperties(sledai2kInputSchema),
});

const bands: readonly Band[] = [
  { code: "none", meaning: "No activity (0)", upTo: 0 },
  { code: "mild", meaning: "Mild activity (1 to 5)", upTo: 5 },
  { code: "moderate", meaning: "Moderate activity (6 to 10)", upTo: 10 },
  { code: "high", meaning: "High activity (11 to 19)", upTo: 19 },
  { code: "very-high", meaning: "Very high activity (20 or more)", upTo: 105 },
];

export const sledai2kSources: readonly Source[] = [
  {
    citation:
      "Gladman DD, Ibañez D, Urowitz MB. Systemic lupus erythematosus disease activity index 2000. J Rheumatol 2002;29:288-91",
    year: 2002,
  },
  {
    citation:
      "Cook RJ, Gladman DD, Pericak D, Urowitz MB. Prediction of short term mortality in systemic lupus erythematosus with time dependent measures of disease activity. J Rheumatol 2000;27:1892-5 (bands)",
    year: 2000,
  },
];

/** The descriptors that are present, heaviest first as the published form lists them. */
function sledai2kScored(input: Sledai2kInput): Scored[] {
  return names
    .filter((name) => input[name] === true)
    .map((descriptor) => ({ descriptor, weight: sledaiDescriptors[descriptor].weight }));
}

/**
 * SLEDAI-2K: the sum of the weights of the descriptors that are present, 0 to 105.
 *
 * @see Gladman, Ibañez and Urowitz 2002
 */
export function sledai2k(input: Sledai2kInput): number {
  return sledai2kScored(input).reduce((sum, { weight }) => sum + weight, 0);
}

export function answerSledai2k(
  input: Sledai2kInput,
): Answer & { readonly sledai2k: number; readonly scored: readonly Scored[] } {
  const score = sledai2k(input);
  return {
    sledai2k: score,
    scored: sledai2kScored(input),
    formula: "sum of the weights (8, 4, 2 or 1) of the descriptors present now or in the past 10 days",
    inputsUsed: input,
    source: sledai2kSources,
    interpretation: bandOf(score, bands),
    disclaimer: MEDICAL_DISCLAIMER,
  };
}
