import { answeringService, provider, streamingService } from "../shared/provider";
import {
  answerArrhythmia,
  arrhythmiaInputSchema,
  arrhythmiaOutputSchema,
  arrhythmiaSources,
  streamArrhythmia,
} from "./arrhythmia";
import { answerEcg, type EcgInput, ecgInputSchema, ecgOutputSchema, ecgSources } from "./ecg-analysis";
import { exampleSeries } from "./example-series";
import { answerQtc, type QtcInput, qtcInputSchema, qtcOutputSchema, qtcSources } from "./qtc";

const ecgExample: EcgInput = { rrIntervalsMs: exampleSeries, qtMs: 380, sex: "female", prMs: 160, qrsMs: 92 };
const qtcExample: QtcInput = { qtMs: 400, heartRateBpm: 75, sex: "male" };

/** HolterAI: rhythm and repolarisation from intervals that another device measured. Rules, not a trained model. */
export const holterAi = provider(
  {
    id: "holterai",
    name: "HolterAI",
    version: "1.0.0",
    description:
      "QTc by four formulas, heart rate variability and arrhythmia findings from RR intervals, by published rules with sources.",
    category: "data_analytics",
    capabilities: ["ECG-analysis", "QTc-monitoring", "arrhythmia-detection"],
    defaultPort: 4103,
  },
  [
    answeringService(
      {
        slug: "ecg-analysis",
        name: "ECG analysis",
        description: "Rhythm, QTc and conduction of one recording in one answer.",
        category: "data_analytics",
        capability: "ECG-analysis",
        path: "/ecg-analysis",
        inputSchema: ecgInputSchema,
        outputSchema: ecgOutputSchema,
        sources: ecgSources,
        example: ecgExample,
      },
      answerEcg,
    ),
    answeringService(
      {
        slug: "qtc",
        name: "QTc",
        description:
          "QT corrected for heart rate by Bazett, Fridericia, Framingham and Hodges, with limits by sex.",
        category: "scientific_computing",
        capability: "QTc-monitoring",
        path: "/qtc",
        inputSchema: qtcInputSchema,
        outputSchema: qtcOutputSchema,
        sources: qtcSources,
        example: qtcExample,
      },
      answerQtc,
    ),
    answeringService(
      {
        slug: "arrhythmia",
        name: "Arrhythmia findings",
        description:
          "Variability, premature beats, pauses, slow and fast episodes and irregularity of an RR series.",
        category: "data_analytics",
        capability: "arrhythmia-detection",
        path: "/arrhythmia",
        inputSchema: arrhythmiaInputSchema,
        outputSchema: arrhythmiaOutputSchema,
        sources: arrhythmiaSources,
        example: { rrIntervalsMs: exampleSeries },
      },
      answerArrhythmia,
    ),
    streamingService(
      {
        slug: "arrhythmia-stream",
        name: "Arrhythmia findings, live",
        description:
          "The same analysis as server-sent events while it runs: finding, progress and, last, result with the whole answer.",
        category: "data_analytics",
        capability: "arrhythmia-detection",
        path: "/arrhythmia/stream",
        inputSchema: arrhythmiaInputSchema,
        outputSchema: arrhythmiaOutputSchema,
        sources: arrhythmiaSources,
        example: { rrIntervalsMs: exampleSeries },
      },
      streamArrhythmia,
    ),
  ],
);
