import { roundTo } from "../shared/round-to";
import type { Source } from "../shared/source";

export const variabilitySource: Source = {
  citation:
    "Task Force of the European Society of Cardiology and the North American Society of Pacing and Electrophysiology. Heart rate variability: standards of measurement, physiological interpretation, and clinical use. Circulation 1996;93:1043-65",
  year: 1996,
  url: "https://doi.org/10.1161/01.CIR.93.5.1043",
};

export const VARIABILITY_FORMULA =
  "SDNN: standard deviation (n − 1) of NN; RMSSD: root mean square of successive NN differences; pNN50: share of NN that differ by more than 50 ms from the one before";

export type Variability = {
  readonly nnIntervals: number;
  readonly meanNnMs: number | null;
  readonly sdnnMs: number | null;
  readonly rmssdMs: number | null;
  readonly pnn50Percent: number | null;
};

/**
 * Time-domain variability of normal-to-normal intervals, gathered one interval at a time in constant memory.
 * A measure is null until it has enough intervals.
 *
 * @see Task Force 1996, table 1
 */
export class VariabilityMeter {
  #count = 0;
  #mean = 0;
  /** Sum of squared deviations from the mean (Welford), which does not cancel as a sum of squares would. */
  #deviations = 0;
  #differences = 0;
  #squaredDifferences = 0;
  #over50 = 0;
  #previous: number | null = null;

  /** A normal-to-normal interval, ms. */
  add(nnMs: number): void {
    this.#count += 1;
    const fromOldMean = nnMs - this.#mean;
    this.#mean += fromOldMean / this.#count;
    this.#deviations += fromOldMean * (nnMs - this.#mean);
    if (this.#previous !== null) this.#addDifference(nnMs - this.#previous);
    this.#previous = nnMs;
  }

  /** An interval that is not normal-to-normal: the ones on its two sides are not successive. */
  interrupt(): void {
    this.#previous = null;
  }

  read(): Variability {
    const enough = this.#count >= 2;
    const paired = this.#differences >= 1;
    return {
      nnIntervals: this.#count,
      meanNnMs: this.#count > 0 ? roundTo(this.#mean, 2) : null,
      sdnnMs: enough ? roundTo(Math.sqrt(this.#deviations / (this.#count - 1)), 2) : null,
      rmssdMs: paired ? roundTo(Math.sqrt(this.#squaredDifferences / this.#differences), 2) : null,
      // The Task Force divides by the number of NN intervals, not of differences.
      pnn50Percent: paired ? roundTo((100 * this.#over50) / this.#count, 2) : null,
    };
  }

  #addDifference(difference: number): void {
    this.#differences += 1;
    this.#squaredDifferences += difference * difference;
    if (Math.abs(difference) > 50) this.#over50 += 1;
  }
}
