import type { Source } from "../shared/source";
import { assertQtAndRr } from "./qt-interval";

export const bazettSource: Source = {
  citation: "Bazett HC. An analysis of the time-relations of electrocardiograms. Heart 1920;7:353-70",
  year: 1920,
};

/**
 * QT corrected to a heart rate of 60 by the square root of RR, ms. Over-corrects fast rates and under-corrects slow ones.
 *
 * @throws RangeError when an interval is not positive
 * @see Bazett 1920
 */
export function qtcBazett(qtMs: number, rrMs: number): number {
  assertQtAndRr(qtMs, rrMs);
  return qtMs / Math.sqrt(rrMs / 1000);
}
