import type { Source } from "../shared/source";
import { assertQtAndRr } from "./qt-interval";

export const hodgesSource: Source = {
  citation:
    "Hodges M, Salerno D, Erlien D. Bazett's QT correction reviewed: evidence that a linear QT correction for heart rate is better. J Am Coll Cardiol 1983;1:694",
  year: 1983,
};

/**
 * QT corrected to a heart rate of 60 by a straight line in the rate, ms: 1.75 ms for each beat per minute above 60.
 *
 * @throws RangeError when an interval is not positive
 * @see Hodges, Salerno and Erlien 1983
 */
export function qtcHodges(qtMs: number, rrMs: number): number {
  assertQtAndRr(qtMs, rrMs);
  return qtMs + 1.75 * (60_000 / rrMs - 60);
}
