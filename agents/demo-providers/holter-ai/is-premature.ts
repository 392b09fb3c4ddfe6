import type { Source } from "../shared/source";

/** How many intervals before a beat say what its rhythm is. */
export const REFERENCE_INTERVALS = 5;

export const prematureSource: Source = {
  citation:
    "Malik M, Cripps T, Farrell T, Camm AJ. Prognostic value of heart rate variability after myocardial infarction: a comparison of different data-processing methods. Med Biol Eng Comput 1989;27:603-11 (20 % rule)",
  year: 1989,
};

/**
 * Whether a beat came early: its RR is more than 20 % shorter than the median of the five before it. The median
 * stays at the underlying rhythm through single premature beats, also in bigeminy, and follows a new rate in three beats.
 * A beat without five before it is never called premature.
 */
export function isPremature(rrMs: number, previous: readonly number[]): boolean {
  if (previous.length < REFERENCE_INTERVALS) return false;
  const sorted = previous.slice(-REFERENCE_INTERVALS).sort((a, b) => a - b);
  const median = sorted[Math.floor(REFERENCE_INTERVALS / 2)] ?? 0;
  return rrMs < 0.8 * median;
}
