import type { Interpretation } from "../shared/answer";
import type { RateEpisode } from "./rate-episodes";
import type { Beat, Finding, IrregularWindow, RhythmAnalyser, RhythmSummary } from "./rhythm-analyser";

/** Lists in a report stop here; the counts beside them do not. */
const LISTED_MAX = 200;

export type RhythmReport = RhythmSummary & {
  readonly prematureBeats: {
    readonly count: number;
    readonly percent: number;
    readonly listed: readonly Beat[];
  };
  readonly pauses: {
    readonly count: number;
    readonly longestMs: number | null;
    readonly listed: readonly Beat[];
  };
  readonly rateEpisodes: {
    readonly bradycardia: number;
    readonly tachycardia: number;
    readonly listed: readonly RateEpisode[];
  };
  readonly irregularity: {
    readonly windows: number;
    readonly suggestingAf: number;
    readonly listed: readonly IrregularWindow[];
  };
};

/** Gathers the findings of one series into the report that both arrhythmia services return. */
export class RhythmReporter {
  readonly #premature: Beat[] = [];
  readonly #pauses: Beat[] = [];
  readonly #episodes: RateEpisode[] = [];
  readonly #windows: IrregularWindow[] = [];

  take(findings: readonly Finding[]): void {
    for (const finding of findings) {
      if (finding.kind === "premature-beat") this.#premature.push(finding.beat);
      else if (finding.kind === "pause") this.#pauses.push(finding.beat);
      else if (finding.kind === "rate-episode") this.#episodes.push(finding.episode);
      else this.#windows.push(finding.window);
    }
  }

  report(analyser: RhythmAnalyser): RhythmReport {
    const summary = analyser.summary();
    const count = this.#premature.length;
    const longestMs = this.#pauses.reduce((longest, { rrMs }) => Math.max(longest, rrMs), 0);
    return {
      ...summary,
      prematureBeats: {
        count,
        percent: summary.intervals > 0 ? Math.round((10_000 * count) / summary.intervals) / 100 : 0,
        listed: this.#premature.slice(0, LISTED_MAX),
      },
      pauses: {
        count: this.#pauses.length,
        longestMs: longestMs > 0 ? longestMs : null,
        listed: this.#pauses.slice(0, LISTED_MAX),
      },
      rateEpisodes: {
        bradycardia: this.#countOf("bradycardia"),
        tachycardia: this.#countOf("tachycardia"),
        listed: this.#episodes.slice(0, LISTED_MAX),
      },
      irregularity: {
        windows: this.#windows.length,
        suggestingAf: this.#windows.filter(({ suggestsAf }) => suggestsAf).length,
        listed: this.#windows.slice(0, LISTED_MAX),
      },
    };
  }

  #countOf(kind: RateEpisode["kind"]): number {
    return this.#episodes.filter((episode) => episode.kind === kind).length;
  }
}

/** One code and one sentence for a report, the gravest finding first. */
export function interpretRhythm(report: RhythmReport): Interpretation {
  const { prematureBeats, pauses, rateEpisodes, irregularity } = report;
  const found = [
    irregularity.suggestingAf > 0 && {
      code: "irregular-suggests-af",
      meaning: `${irregularity.suggestingAf} of ${irregularity.windows} windows are irregular as in atrial fibrillation; an ECG must confirm it`,
    },
    pauses.count > 0 && {
      code: "pauses",
      meaning: `${pauses.count} pause(s) above 2 s, the longest ${pauses.longestMs} ms`,
    },
    ...(["tachycardia", "bradycardia"] as const).map((kind) => {
      const count = rateEpisodes[kind];
      return count > 0 && { code: kind, meaning: `${count} episode(s) of ${kind}` };
    }),
    prematureBeats.count > 0 && {
      code: "premature-beats",
      meaning: `${prematureBeats.count} premature beat(s), ${prematureBeats.percent} % of the intervals`,
    },
  ].filter((entry) => entry !== false);

  const assessed =
    irregularity.windows > 0 ? "" : "; irregularity was not assessed, which takes 128 intervals";
  const [gravest] = found;
  if (!gravest) return { code: "no-finding", meaning: `None of the rules found an arrhythmia${assessed}` };
  return { code: gravest.code, meaning: `${found.map(({ meaning }) => meaning).join("; ")}${assessed}` };
}
