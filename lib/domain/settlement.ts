import { type Amount, amount, smallerOf } from "./amount";

export type Settlement = {
  /** All that the receiver gets from the stream, what was billed before included. */
  readonly paid: Amount;
  /** The part of `paid` that is still to be posted. */
  readonly due: Amount;
  /** What goes back to the sender. */
  readonly refund: Amount;
  /** Always 0: a stream stops at its deposit, so that a sender never goes into debt. */
  readonly owed: 0n;
};

/**
 * Splits what a sender put in when a stream ends: paid = min(accrued + used, funded), and the rest goes back.
 *
 * @param terms.accrued base units, already rounded down
 * @param terms.used posted per-call charges, base units
 * @param terms.billed base units that the receiver already has
 * @throws RangeError when more was billed than earned: money has been made up somewhere
 */
export function settlementSplit(terms: {
  funded: bigint;
  accrued: bigint;
  used: bigint;
  billed: bigint;
}): Settlement {
  const earned = terms.accrued + terms.used;
  const paid = amount(smallerOf(earned, terms.funded));
  if (terms.billed > paid) throw new RangeError(`Billed ${terms.billed}, but only ${paid} was earned.`);
  return { paid, due: amount(paid - terms.billed), refund: amount(terms.funded - paid), owed: 0n };
}
