import { answeringService, provider } from "../shared/provider";
import { answerBatch, BATCH_MAX, type BatchInput, batchInputSchema, batchOutputSchema } from "./batch";
import { das28EsrSources } from "./das28-esr";
import { eularResponseSource } from "./eular-response";
import { answerReport, type ReportInput, reportInputSchema, reportOutputSchema } from "./report";
import { scores } from "./scores";

const category = "scientific_computing";

const batchExample: BatchInput = {
  computations: scores.slice(0, 3).map(({ slug, example }) => ({ score: slug, input: example })),
};

const reportExample: ReportInput = {
  visits: [
    { date: "2025-01-15", tenderJoints: 12, swollenJoints: 9, esrMmPerHour: 52, globalHealthMm: 65 },
    { date: "2025-04-16", tenderJoints: 5, swollenJoints: 4, esrMmPerHour: 28, globalHealthMm: 38 },
    { date: "2025-07-16", tenderJoints: 1, swollenJoints: 1, esrMmPerHour: 14, globalHealthMm: 15 },
  ],
};

/** RheumaScore: disease activity of rheumatic diseases by published formulas. */
export const rheumaScore = provider(
  {
    id: "rheumascore",
    name: "RheumaScore",
    version: "1.0.0",
    description:
      "Disease activity scores for rheumatoid arthritis, lupus and ankylosing spondylitis, by their published formulas, with bands and sources.",
    category,
    capabilities: ["DAS28", "CDAI", "SLEDAI", "BASDAI"],
    defaultPort: 4101,
  },
  [
    ...scores.map(({ answer, slug, ...described }) =>
      answeringService({ ...described, slug, category, path: `/compute/${slug}` }, answer),
    ),
    answeringService(
      {
        slug: "batch",
        name: "Batch",
        description: `Up to ${BATCH_MAX} computations of any score in one call.`,
        category,
        capability: "DAS28",
        path: "/batch",
        inputSchema: batchInputSchema,
        outputSchema: batchOutputSchema,
        // 0.025 USDCx: the smallest batch of the price list, five computations at 0.005.
        pricePerCall: "25000000000000000",
        sources: scores.flatMap(({ sources }) => sources),
        example: batchExample,
      },
      answerBatch,
    ),
    answeringService(
      {
        slug: "report",
        name: "DAS28 report",
        description: "DAS28-ESR over a patient's visits, with the change and the EULAR response at each.",
        category,
        capability: "DAS28",
        path: "/report",
        inputSchema: reportInputSchema,
        outputSchema: reportOutputSchema,
        // 0.10 USDCx a report.
        pricePerCall: "100000000000000000",
        sources: [...das28EsrSources, eularResponseSource],
        example: reportExample,
      },
      answerReport,
    ),
  ],
);
