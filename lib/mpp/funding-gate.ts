import { setTimeout as sleep } from "node:timers/promises";

/** Longest that events are held back for a top-up. */
const PATIENCE_MS = 60_000;
const POLL_MS = 1_000;

export type Funding = { runwayMs: bigint; minimumTopUp: bigint };

/**
 * Tells whether a stream of events is still paid for, second by second. It asks the ledger only when the runway that it knew of
 * is over, because until then nothing but a close or a pause could end it, and those revoke the next call anyway.
 *
 * @param read the stream as the ledger sees it now
 */
export function createFundingGate(options: {
  runwayMs: bigint;
  read: () => Promise<Funding>;
  patienceMs?: number;
  pollMs?: number;
}) {
  const { read, patienceMs = PATIENCE_MS, pollMs = POLL_MS } = options;
  let paidUntilMs = performance.now() + Number(options.runwayMs);

  /** Null while paid for; what is missing otherwise. */
  async function shortfall(): Promise<{ requiredTopUp: string; deadlineMs: number } | null> {
    if (performance.now() <= paidUntilMs) return null;
    const { runwayMs, minimumTopUp } = await read();
    paidUntilMs = performance.now() + Number(runwayMs);
    return runwayMs > 0n ? null : { requiredTopUp: String(minimumTopUp), deadlineMs: patienceMs };
  }

  /** Waits for a top-up. False when none came in time. */
  async function refilled(): Promise<boolean> {
    const giveUpMs = performance.now() + patienceMs;
    while (performance.now() < giveUpMs) {
      await sleep(pollMs);
      if (!(await shortfall())) return true;
    }
    return false;
  }

  return { shortfall, refilled };
}
