import { type Answer, answerProperties, type Interpretation } from "../shared/answer";
import { documentSchema, integerIn, type JsonSchema, objectSchema } from "../shared/json-schema";
import { type Checklist, type Review, review } from "./checklist";
import type { StudyProtocol } from "./study-protocol";

const DISCLAIMER =
  "For demonstration, not medical advice and not the decision of an ethics committee: rules over the fields you sent, which do not judge whether what they say is true or enough.";

const FORMULA =
  "each item by its rule over the named fields: a text counts when it has enough words and is no placeholder, a list when it has real entries; an item is unclear when only a part of it is met";

const text: JsonSchema = { type: "string" };
const count = { unit: "items", minimum: 0, maximum: 100 };

export const reviewOutputSchema = documentSchema("Review of a protocol against a checklist", {
  checklist: text,
  counts: objectSchema({
    met: integerIn("Items that are met", count),
    missing: integerIn("Items of which nothing is stated", count),
    unclear: integerIn("Items that are met in part, or whose condition is not stated", count),
    notApplicable: integerIn("Items that do not apply", count),
    total: integerIn("All items", count),
  }),
  items: {
    type: "array",
    minItems: 1,
    items: objectSchema({
      id: text,
      reference: { ...text, description: "Section, item or paragraph of the source" },
      requirement: text,
      status: { type: "string", enum: ["met", "missing", "unclear", "not-applicable"] },
      found: { ...text, description: "What in the protocol led to the status" },
      needed: { type: ["string", "null"], description: "What to add; null when nothing is needed" },
    }),
  },
  ...answerProperties(objectSchema({ title: text, sections: { type: "array", items: text } })),
});

/** Reviews a protocol against one checklist. */
export function answerReview(checklist: Checklist, protocol: StudyProtocol): Answer & Review {
  const reviewed = review(checklist, protocol);
  const { title, ...sections } = protocol;
  return {
    ...reviewed,
    formula: FORMULA,
    // The protocol may be confidential: the answer names its sections and does not repeat them.
    inputsUsed: { title, sections: Object.keys(sections) },
    source: checklist.sources,
    interpretation: interpret(reviewed),
    disclaimer: DISCLAIMER,
  };
}

function interpret({ counts, items }: Review): Interpretation {
  const applicable = counts.total - counts.notApplicable;
  const summary = `${counts.met} of ${applicable} items that apply are met`;
  const open = items.filter(({ needed }) => needed !== null);
  if (open.length === 0) return { code: "complete", meaning: summary };
  const ids = open.map(({ id }) => id).join(", ");
  return {
    code: "gaps",
    meaning: `${summary}; ${counts.missing} missing and ${counts.unclear} unclear: ${ids}`,
  };
}
