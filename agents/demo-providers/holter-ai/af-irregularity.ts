import { roundTo } from "../shared/round-to";
import type { Source } from "../shared/source";

export const AF_WINDOW = 128;

const OUTLIERS_EACH_END = 8;
const BINS = 16;
const THRESHOLDS = { rmssdRatio: 0.1, entropy: 0.7, turningPointsLow: 0.54, turningPointsHigh: 0.77 };

export const afSource: Source = {
  citation:
    "Dash S, Chon KH, Lu S, Raeder EA. Automatic real time detection of atrial fibrillation. Ann Biomed Eng 2009;37:1701-9",
  year: 2009,
  url: "https://doi.org/10.1007/s10439-009-9740-z",
};

export const AF_RULE =
  "irregularity by Dash 2009 in windows of 128 RR intervals: RMSSD / mean RR > 0.1, Shannon entropy of a 16-bin histogram without the 8 longest and 8 shortest > 0.7, and turning point ratio between 0.54 and 0.77, all three";

export type Irregularity = {
  /** RMSSD divided by the mean RR of the window. */
  readonly rmssdRatio: number;
  /** 0 (one value) to 1 (all bins alike). */
  readonly entropy: number;
  /** Share of inner intervals longer or shorter than both neighbours; 2/3 in a random series. */
  readonly turningPointRatio: number;
  readonly suggestsAf: boolean;
};

/**
 * How irregular a window of RR intervals is. The paper's filter for ectopic beats is not applied, so that
 * frequent ectopy can pass for fibrillation: an ECG decides.
 *
 * @param window exactly 128 intervals, ms
 * @throws RangeError for another length, because the thresholds hold for 128
 * @see Dash et al. 2009
 */
export function afIrregularity(window: readonly number[]): Irregularity {
  if (window.length !== AF_WINDOW)
    throw new RangeError(`${window.length} intervals instead of ${AF_WINDOW}.`);
  const rmssdRatio = rmssd(window) / mean(window);
  const entropy = shannonEntropy(window);
  const turningPointRatio = turningPoints(window) / (window.length - 2);
  const { turningPointsLow, turningPointsHigh } = THRESHOLDS;
  return {
    rmssdRatio: roundTo(rmssdRatio, 4),
    entropy: roundTo(entropy, 4),
    turningPointRatio: roundTo(turningPointRatio, 4),
    suggestsAf:
      rmssdRatio > THRESHOLDS.rmssdRatio &&
      entropy > THRESHOLDS.entropy &&
      turningPointRatio > turningPointsLow &&
      turningPointRatio < turningPointsHigh,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rmssd(window: readonly number[]): number {
  const steps = window.slice(1).map((value, index) => value - at(window, index));
  return Math.sqrt(mean(steps.map((step) => step * step)));
}

function shannonEntropy(window: readonly number[]): number {
  const kept = [...window].sort((a, b) => a - b).slice(OUTLIERS_EACH_END, -OUTLIERS_EACH_END);
  const lowest = at(kept, 0);
  const width = (at(kept, kept.length - 1) - lowest) / BINS;
  if (width === 0) return 0;

  const counts = new Array<number>(BINS).fill(0);
  for (const value of kept) {
    const bin = Math.min(BINS - 1, Math.floor((value - lowest) / width));
    counts[bin] = at(counts, bin) + 1;
  }
  const shares = counts.filter((count) => count > 0).map((count) => count / kept.length);
  return -shares.reduce((sum, share) => sum + share * Math.log(share), 0) / Math.log(BINS);
}

function turningPoints(window: readonly number[]): number {
  return window.slice(1, -1).filter((value, index) => {
    const before = at(window, index);
    const after = at(window, index + 2);
    return (value > before && value > after) || (value < before && value < after);
  }).length;
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`No interval ${index} of ${values.length}.`);
  return value;
}
