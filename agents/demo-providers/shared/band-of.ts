import type { Interpretation } from "./answer";
import { roundTo } from "./round-to";

/** One band of a scale: the values up to `upTo`, which belongs to it unless `open` says that it does not. */
export type Band = Interpretation & { readonly upTo: number; readonly open?: boolean };

/**
 * The first band that holds the value. Bands run from low to high and the last one is open-ended (`upTo: Infinity`).
 * The value is compared at six decimals, so that 0.1 + 0.7 + 2 is the 2.8 that its reader typed.
 *
 * @throws RangeError when the value is not a number or above every band: a bug in the table of bands
 */
export function bandOf(value: number, bands: readonly Band[]): Interpretation {
  const seen = roundTo(value, 6);
  const band = bands.find(({ upTo, open }) => (open ? seen < upTo : seen <= upTo));
  if (!band) throw new RangeError(`No band holds ${value}.`);
  return { code: band.code, meaning: band.meaning };
}
