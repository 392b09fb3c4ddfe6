import { answeringService, provider } from "../shared/provider";
import { answerReview, reviewOutputSchema } from "./answer-review";
import type { Checklist } from "./checklist";
import { exampleProtocol } from "./example-protocol";
import { helsinkiChecklist } from "./helsinki-checklist";
import { irbChecklist } from "./irb-checklist";
import { spiritChecklist } from "./spirit-checklist";
import type { StudyProtocol } from "./study-protocol";
import { studyProtocolSchema } from "./study-protocol-schema";

const category = "ai_ml";

type About = { slug: string; name: string; description: string; capability: string };

function reviewService(about: About, checklist: Checklist) {
  return answeringService(
    {
      ...about,
      category,
      path: `/${about.slug}`,
      inputSchema: studyProtocolSchema,
      outputSchema: reviewOutputSchema,
      sources: checklist.sources,
      example: exampleProtocol,
    },
    (protocol: StudyProtocol) => answerReview(checklist, protocol),
  );
}

/** DNAI: an expert system that checks a study protocol against checklists. Rules, not a trained model. */
export const dnai = provider(
  {
    id: "dnai",
    name: "DNAI",
    version: "1.0.0",
    description:
      "Checks a study protocol against IRB criteria, SPIRIT and the Declaration of Helsinki, item by item, with the reference and what is needed. Deterministic rules.",
    category,
    capabilities: ["IRB-review", "protocol-audit", "ethics-check"],
    defaultPort: 4102,
  },
  [
    reviewService(
      {
        slug: "irb-review",
        name: "IRB review",
        description: "The criteria of 45 CFR 46 for IRB approval and the elements of informed consent.",
        capability: "IRB-review",
      },
      irbChecklist,
    ),
    reviewService(
      {
        slug: "protocol-audit",
        name: "Protocol audit",
        description: "The items of SPIRIT 2013 with the matching sections of good clinical practice.",
        capability: "protocol-audit",
      },
      spiritChecklist,
    ),
    reviewService(
      {
        slug: "ethics-check",
        name: "Ethics check",
        description: "The paragraphs of the Declaration of Helsinki that a protocol has to answer.",
        capability: "ethics-check",
      },
      helsinkiChecklist,
    ),
  ],
);
