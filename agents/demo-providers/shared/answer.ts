import { type JsonSchema, objectSchema } from "./json-schema";
import type { Source } from "./source";

/** What a result means, by the bands of its sources. `code` is for programs and `meaning` for people. */
export type Interpretation = { readonly code: string; readonly meaning: string };

/** The members that every answer of every demo provider carries beside its own. */
export type Answer = {
  readonly formula: string;
  readonly inputsUsed: object;
  readonly source: readonly Source[];
  readonly interpretation: Interpretation;
  readonly disclaimer: string;
};

export const MEDICAL_DISCLAIMER =
  "For demonstration, not medical advice: a published formula applied to the numbers you sent, without an examination.";

const text: JsonSchema = { type: "string" };

export const interpretationSchema = objectSchema({ code: text, meaning: text });

/** The schema of the members above, to spread into the properties of an output schema. */
export function answerProperties(inputsUsed: JsonSchema = { type: "object" }): Record<string, JsonSchema> {
  return {
    formula: { ...text, description: "The formula as it was applied" },
    inputsUsed,
    source: {
      type: "array",
      minItems: 1,
      items: objectSchema({ citation: text, year: { type: "integer" }, url: text }, { optional: ["url"] }),
    },
    interpretation: interpretationSchema,
    disclaimer: text,
  };
}
