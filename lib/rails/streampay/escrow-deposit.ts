import { divCeil, largerOf } from "@/lib/domain/amount";
import type { Rate } from "@/lib/domain/rate";

/**
 * What to lock in `StreamPay` so that a price is paid for a time: the contract counts whole seconds, and takes no less than one base unit for
 * each of them.
 *
 * @param price in the ledger's dollar
 * @param durationMs > 0; rounded up to whole seconds
 * @param worth base units of the ledger's dollar that one of the token is worth: 10^12 for 6 decimals
 * @returns base units of the token, rounded up, so that the stream is never slower than the price
 */
export function escrowDeposit(
  price: Rate,
  durationMs: bigint,
  worth: bigint,
): { amount: bigint; durationSeconds: bigint } {
  const durationSeconds = divCeil(durationMs, 1_000n);
  const exact = divCeil(price.amount * durationSeconds * 1_000n, price.periodMs * worth);
  return { amount: largerOf(exact, durationSeconds), durationSeconds };
}
