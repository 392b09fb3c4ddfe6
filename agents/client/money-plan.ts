import type { StreamRequest } from "@/lib/mpp/ledger-method";
import { PaymentRefused, type SpendingCaps } from "./spending-caps";

/** Several challenges inside this time that ask for the same money are answered with one operation. */
const SAME_INTENT_MS = 15_000;

type Operation = { operationKey: string; amount: bigint; atMs: number };

/**
 * Keeps count of what this client has signed to lock. What was signed counts even if the answer was lost: nobody can
 * know that it was not used. A repeated or parallel call for the same thing reuses its operation and counts once.
 */
export function createMoneyPlan(caps: SpendingCaps, now: () => number = Date.now) {
  const operations = new Map<string, Operation>();
  let total = 0n;

  /**
   * @param intent what the money is for: the same text within 15 s is the same money
   * @throws PaymentRefused `deposit-too-high` or `total-too-high`
   */
  function commit(intent: string, amount: bigint): Operation {
    const running = operations.get(intent);
    if (running && now() - running.atMs < SAME_INTENT_MS) return running;

    if (amount > caps.maxDeposit)
      throw new PaymentRefused(
        "deposit-too-high",
        `Locking ${amount} base units is above the cap of one deposit.`,
      );
    if (total + amount > caps.maxTotal)
      throw new PaymentRefused("total-too-high", `Locking ${amount} more base units is above the total cap.`);
    total += amount;
    const operation = { operationKey: crypto.randomUUID(), amount, atMs: now() };
    operations.set(intent, operation);
    return operation;
  }

  /** The usual deposit, less when the caps leave less, but never below what the server takes. */
  function topUpAmount(request: StreamRequest, preferred: bigint): bigint {
    const minimum = BigInt(request.methodDetails.minimumTopUp ?? "1");
    const left = caps.maxTotal - total;
    const wanted = [preferred, caps.maxDeposit, left].reduce((least, value) =>
      value < least ? value : least,
    );
    return wanted > minimum ? wanted : minimum;
  }

  return { commit, topUpAmount, total: () => total };
}

export type MoneyPlan = ReturnType<typeof createMoneyPlan>;
