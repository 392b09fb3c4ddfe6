import type { Answer } from "../shared/answer";
import { answerProperties, MEDICAL_DISCLAIMER } from "../shared/answer";
import { documentSchema, integerIn, type JsonSchema, objectSchema } from "../shared/json-schema";
import { scores } from "./scores";

export const BATCH_MAX = 20;

type Computation = { readonly score: string; readonly input: object };
export type BatchInput = { readonly computations: readonly Computation[] };

const slugs = scores.map(({ slug }) => slug);

/** A schema inside another one does not repeat the dialect. */
function nested({ $schema: _dialect, ...schema }: JsonSchema): JsonSchema {
  return schema;
}

// `if` and `then` rather than `oneOf`, so that a mistake is reported for the score that was asked for.
const computation: JsonSchema = {
  ...objectSchema({ score: { type: "string", enum: slugs }, input: { type: "object" } }),
  allOf: scores.map(({ slug, inputSchema }) => ({
    if: { type: "object", properties: { score: { const: slug } }, required: ["score"] },
    // biome-ignore lint/suspicious/noThenProperty: `then` is the JSON Schema keyword, and nothing awaits a schema
    then: { properties: { input: nested(inputSchema) } },
  })),
};

export const batchInputSchema = documentSchema("Batch of computations", {
  computations: { type: "array", minItems: 1, maxItems: BATCH_MAX, items: computation },
});

export const batchOutputSchema = documentSchema("Answers of a batch, in the order of its computations", {
  results: {
    type: "array",
    minItems: 1,
    maxItems: BATCH_MAX,
    items: objectSchema({ score: { type: "string", enum: slugs }, answer: { type: "object" } }),
  },
  ...answerProperties(
    objectSchema({
      computations: integerIn("How many were computed", {
        unit: "computations",
        minimum: 1,
        maximum: BATCH_MAX,
      }),
    }),
  ),
});

type BatchAnswer = Answer & { readonly results: readonly { score: string; answer: Answer }[] };

/** Computes up to 20 scores of one kind or several; all of them, or none when one is not valid. */
export function answerBatch({ computations }: BatchInput): BatchAnswer {
  const used = scores.filter(({ slug }) => computations.some(({ score }) => score === slug));
  const results = computations.map(({ score, input }) => ({ score, answer: answerOne(score, input) }));
  const bands = results.map(({ score, answer }) => `${score} ${answer.interpretation.code}`);
  return {
    results,
    formula: "each computation by the formula in its own answer",
    inputsUsed: { computations: computations.length },
    source: used.flatMap(({ sources }) => sources),
    interpretation: { code: "batch", meaning: bands.join("; ") },
    disclaimer: MEDICAL_DISCLAIMER,
  };
}

function answerOne(slug: string, input: object): Answer {
  const score = scores.find((candidate) => candidate.slug === slug);
  if (!score) throw new RangeError(`The schema let the unknown score ${slug} through.`);
  return score.answer(input);
}
