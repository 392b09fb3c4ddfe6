import { divCeil } from "@/lib/domain/amount";
import type { Fees } from "./sign-attempt";

/**
 * Fees of a transaction that takes the place of an earlier one of the same number: a node takes it only if both are higher by a tenth
 * (geth) or an eighth (others), so by an eighth at least, and never below what a block takes now.
 *
 * @returns null when that is more than `cap`: wait
 */
export function replacementFees(before: Fees, now: Fees, cap: bigint): Fees | null {
  const raised = (fee: bigint) => divCeil(fee * 9n, 8n);
  const tip = larger(raised(before.tip), now.tip);
  const maxFee = larger(larger(raised(before.maxFee), now.maxFee), tip);
  return maxFee > cap ? null : { maxFee, tip };
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
