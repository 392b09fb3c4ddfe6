import type { Amount } from "./amount";
import { amountOver, type Rate } from "./rate";

/** How much flow a provider asks for in advance unless it says otherwise: 4 h (S0.6). */
export const DEFAULT_DEPOSIT_MS = 4n * 3_600_000n;

/**
 * What a sender locks to open a stream.
 *
 * @param depositMs milliseconds of flow that the deposit has to cover, > 0
 * @returns base units, rounded up: the deposit never covers a millisecond less than it says
 * @throws RangeError unless `depositMs` is above zero
 */
export function requiredDeposit(flow: Rate, depositMs: bigint = DEFAULT_DEPOSIT_MS): Amount {
  if (depositMs <= 0n) throw new RangeError(`A deposit covers some time: ${depositMs} ms.`);
  return amountOver(flow, depositMs, "ceil");
}
