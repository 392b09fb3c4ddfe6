import { roundTo } from "../shared/round-to";
import type { Source } from "../shared/source";

/** Intervals in a row that make an episode: this service's own convention, so that one odd beat is none. */
const EPISODE_INTERVALS = 8;

export const rateSources: readonly Source[] = [
  {
    citation:
      "Kusumoto FM, Schoenfeld MH, Barrett C, et al. 2018 ACC/AHA/HRS guideline on the evaluation and management of patients with bradycardia and cardiac conduction delay. Circulation 2019;140:e382-482 (below 50 beats/min)",
    year: 2019,
  },
  {
    citation:
      "Page RL, Joglar JA, Caldwell MA, et al. 2015 ACC/AHA/HRS guideline for the management of adult patients with supraventricular tachycardia. Circulation 2016;133:e506-74 (above 100 beats/min)",
    year: 2016,
  },
];

export type RateEpisode = {
  readonly kind: "bradycardia" | "tachycardia";
  /** Seconds from the start of the series to the start of the first interval. */
  readonly startSeconds: number;
  readonly durationSeconds: number;
  readonly intervals: number;
  readonly meanHeartRateBpm: number;
};

type Run = { kind: RateEpisode["kind"]; startMs: number; durationMs: number; intervals: number };

/** Finds runs of at least eight intervals below 50 or above 100 beats a minute, one interval at a time. */
export class RateEpisodeFinder {
  #run: Run | null = null;

  /** Takes the next interval; returns the episode that it ended, if it ended one. */
  add(rrMs: number, startMs: number): RateEpisode | null {
    const kind = kindOf(rrMs);
    if (this.#run && this.#run.kind === kind) {
      this.#run.durationMs += rrMs;
      this.#run.intervals += 1;
      return null;
    }
    const ended = this.finish();
    this.#run = kind ? { kind, startMs, durationMs: rrMs, intervals: 1 } : null;
    return ended;
  }

  /** The series is over: returns the episode that was still running. */
  finish(): RateEpisode | null {
    const run = this.#run;
    this.#run = null;
    if (!run || run.intervals < EPISODE_INTERVALS) return null;
    return {
      kind: run.kind,
      startSeconds: roundTo(run.startMs / 1000, 3),
      durationSeconds: roundTo(run.durationMs / 1000, 3),
      intervals: run.intervals,
      meanHeartRateBpm: roundTo((60_000 * run.intervals) / run.durationMs, 1),
    };
  }
}

function kindOf(rrMs: number): RateEpisode["kind"] | null {
  const heartRateBpm = 60_000 / rrMs;
  if (heartRateBpm < 50) return "bradycardia";
  return heartRateBpm > 100 ? "tachycardia" : null;
}
