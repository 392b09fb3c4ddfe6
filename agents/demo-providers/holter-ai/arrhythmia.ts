import { type Answer, answerProperties, MEDICAL_DISCLAIMER } from "../shared/answer";
import { documentSchema } from "../shared/json-schema";
import type { ServiceEvent } from "../shared/provider";
import { roundTo } from "../shared/round-to";
import type { Source } from "../shared/source";
import { AF_RULE, afSource } from "./af-irregularity";
import { prematureSource } from "./is-premature";
import { rateSources } from "./rate-episodes";
import { RhythmAnalyser } from "./rhythm-analyser";
import { interpretRhythm, type RhythmReport, RhythmReporter } from "./rhythm-report";
import { rhythmProperties, rrIntervalProperty, seriesUsedSchema } from "./rhythm-schema";
import { VARIABILITY_FORMULA, variabilitySource } from "./variability";

/** Intervals between two events of progress, about ten minutes of rhythm. */
const CHUNK = 500;

export type ArrhythmiaInput = { readonly rrIntervalsMs: readonly number[] };
export type ArrhythmiaAnswer = RhythmReport &
  Omit<Answer, "inputsUsed"> & {
    readonly inputsUsed: { readonly intervals: number; readonly totalMs: number };
  };

export const arrhythmiaInputSchema = documentSchema("RR-interval series", {
  rrIntervalsMs: rrIntervalProperty,
});

export const arrhythmiaOutputSchema = documentSchema("Arrhythmia findings", {
  ...rhythmProperties,
  ...answerProperties(seriesUsedSchema),
});

export const arrhythmiaSources: readonly Source[] = [
  variabilitySource,
  afSource,
  prematureSource,
  ...rateSources,
];

export const RHYTHM_FORMULA = [
  VARIABILITY_FORMULA,
  "premature: RR below 80 % of the median of the five before; NN leaves out premature intervals, the one after each, and pauses",
  "pause: RR above 2000 ms",
  "bradycardia below 50 and tachycardia above 100 beats/min for at least 8 intervals in a row",
  AF_RULE,
].join(". ");

/** Everything that the rules find in a series, at once. */
export function answerArrhythmia({ rrIntervalsMs }: ArrhythmiaInput): ArrhythmiaAnswer {
  const analyser = new RhythmAnalyser();
  const reporter = new RhythmReporter();
  for (const rrMs of rrIntervalsMs) reporter.take(analyser.add(rrMs));
  reporter.take(analyser.finish());
  return answerOf(analyser, reporter, rrIntervalsMs);
}

/**
 * The same analysis, told while it runs: `finding` for what the rules find as they find it, `progress` after every
 * 500 intervals with the summary so far, and `result` with the answer of `answerArrhythmia`.
 */
export async function* streamArrhythmia({ rrIntervalsMs }: ArrhythmiaInput): AsyncGenerator<ServiceEvent> {
  const analyser = new RhythmAnalyser();
  const reporter = new RhythmReporter();
  for (let start = 0; start < rrIntervalsMs.length; start += CHUNK) {
    for (const rrMs of rrIntervalsMs.slice(start, start + CHUNK)) {
      const findings = analyser.add(rrMs);
      reporter.take(findings);
      for (const data of findings) yield { event: "finding", data };
    }
    yield { event: "progress", data: { total: rrIntervalsMs.length, ...analyser.summary() } };
    // Between chunks other requests get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const last = analyser.finish();
  reporter.take(last);
  for (const data of last) yield { event: "finding", data };
  yield { event: "result", data: answerOf(analyser, reporter, rrIntervalsMs) };
}

function answerOf(
  analyser: RhythmAnalyser,
  reporter: RhythmReporter,
  rrIntervalsMs: readonly number[],
): ArrhythmiaAnswer {
  const report = reporter.report(analyser);
  return {
    ...report,
    formula: RHYTHM_FORMULA,
    inputsUsed: {
      intervals: rrIntervalsMs.length,
      totalMs: roundTo(
        rrIntervalsMs.reduce((sum, rrMs) => sum + rrMs, 0),
        3,
      ),
    },
    source: arrhythmiaSources,
    interpretation: interpretRhythm(report),
    disclaimer: MEDICAL_DISCLAIMER,
  };
}
