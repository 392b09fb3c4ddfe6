import { roundTo } from "../shared/round-to";
import { AF_WINDOW, afIrregularity, type Irregularity } from "./af-irregularity";
import { isPremature, REFERENCE_INTERVALS } from "./is-premature";
import { type RateEpisode, RateEpisodeFinder } from "./rate-episodes";
import { type Variability, VariabilityMeter } from "./variability";

const PAUSE_MS = 2000;

export type Beat = {
  /** Index of the interval in the series, from 0. */
  readonly interval: number;
  /** Seconds from the start of the series to the start of the interval. */
  readonly startSeconds: number;
  readonly rrMs: number;
};

export type IrregularWindow = Irregularity & {
  readonly firstInterval: number;
  readonly startSeconds: number;
};

/** What one interval brought to light. */
export type Finding =
  | { readonly kind: "premature-beat"; readonly beat: Beat }
  | { readonly kind: "pause"; readonly beat: Beat }
  | { readonly kind: "rate-episode"; readonly episode: RateEpisode }
  | { readonly kind: "irregularity"; readonly window: IrregularWindow };

export type RhythmSummary = {
  readonly intervals: number;
  readonly durationSeconds: number;
  readonly meanHeartRateBpm: number | null;
  readonly minimumHeartRateBpm: number | null;
  readonly maximumHeartRateBpm: number | null;
  readonly variability: Variability;
};

/**
 * Analyses an RR series one interval at a time, in memory that does not grow with it. What it finds does not depend
 * on how the series is cut into chunks.
 */
export class RhythmAnalyser {
  readonly #variability = new VariabilityMeter();
  readonly #episodes = new RateEpisodeFinder();
  #recent: number[] = [];
  #window: number[] = [];
  #windowStartMs = 0;
  #intervals = 0;
  #elapsedMs = 0;
  #shortestMs = Number.POSITIVE_INFINITY;
  #longestMs = 0;
  #afterPremature = false;

  /** Takes the next RR interval, ms. */
  add(rrMs: number): Finding[] {
    const startMs = this.#elapsedMs;
    const beat = { interval: this.#intervals, startSeconds: roundTo(startMs / 1000, 3), rrMs };
    const premature = isPremature(rrMs, this.#recent);
    const pause = rrMs > PAUSE_MS;

    this.#measure(rrMs, premature || pause || this.#afterPremature);
    this.#afterPremature = premature;
    this.#recent = [...this.#recent, rrMs].slice(-REFERENCE_INTERVALS);

    const findings: Finding[] = [];
    if (premature) findings.push({ kind: "premature-beat", beat });
    if (pause) findings.push({ kind: "pause", beat });
    findings.push(...asFinding(this.#episodes.add(rrMs, startMs)), ...this.#fillWindow(rrMs, startMs));
    return findings;
  }

  /** The series is over: what only its end could tell. */
  finish(): Finding[] {
    return asFinding(this.#episodes.finish());
  }

  summary(): RhythmSummary {
    const any = this.#intervals > 0;
    return {
      intervals: this.#intervals,
      durationSeconds: roundTo(this.#elapsedMs / 1000, 3),
      meanHeartRateBpm: any ? roundTo((60_000 * this.#intervals) / this.#elapsedMs, 1) : null,
      minimumHeartRateBpm: any ? roundTo(60_000 / this.#longestMs, 1) : null,
      maximumHeartRateBpm: any ? roundTo(60_000 / this.#shortestMs, 1) : null,
      variability: this.#variability.read(),
    };
  }

  #measure(rrMs: number, abnormal: boolean): void {
    this.#intervals += 1;
    this.#elapsedMs += rrMs;
    this.#shortestMs = Math.min(this.#shortestMs, rrMs);
    this.#longestMs = Math.max(this.#longestMs, rrMs);
    if (abnormal) this.#variability.interrupt();
    else this.#variability.add(rrMs);
  }

  #fillWindow(rrMs: number, startMs: number): Finding[] {
    if (this.#window.length === 0) this.#windowStartMs = startMs;
    this.#window.push(rrMs);
    if (this.#window.length < AF_WINDOW) return [];

    const window = {
      firstInterval: this.#intervals - AF_WINDOW,
      startSeconds: roundTo(this.#windowStartMs / 1000, 3),
      ...afIrregularity(this.#window),
    };
    this.#window = [];
    return [{ kind: "irregularity", window }];
  }
}

function asFinding(episode: RateEpisode | null): Finding[] {
  return episode ? [{ kind: "rate-episode", episode }] : [];
}
