import type { Source } from "../shared/source";
import { assertQtAndRr } from "./qt-interval";

export const framinghamSource: Source = {
  citation:
    "Sagie A, Larson MG, Goldberg RJ, Bengtson JR, Levy D. An improved method for adjusting the QT interval for heart rate (the Framingham Heart Study). Am J Cardiol 1992;70:797-801",
  year: 1992,
};

/**
 * QT corrected to a heart rate of 60 by a straight line in RR, ms: 154 ms for each second that RR is short of one.
 *
 * @throws RangeError when an interval is not positive
 * @see Sagie et al. 1992
 */
export function qtcFramingham(qtMs: number, rrMs: number): number {
  assertQtAndRr(qtMs, rrMs);
  return qtMs + 154 * (1 - rrMs / 1000);
}
