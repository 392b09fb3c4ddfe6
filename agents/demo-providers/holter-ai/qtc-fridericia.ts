import type { Source } from "../shared/source";
import { assertQtAndRr } from "./qt-interval";

export const fridericiaSource: Source = {
  citation:
    "Fridericia LS. Die Systolendauer im Elektrokardiogramm bei normalen Menschen und bei Herzkranken. Acta Med Scand 1920;53:469-86",
  year: 1920,
};

/**
 * QT corrected to a heart rate of 60 by the cube root of RR, ms.
 *
 * @throws RangeError when an interval is not positive
 * @see Fridericia 1920
 */
export function qtcFridericia(qtMs: number, rrMs: number): number {
  assertQtAndRr(qtMs, rrMs);
  return qtMs / Math.cbrt(rrMs / 1000);
}
