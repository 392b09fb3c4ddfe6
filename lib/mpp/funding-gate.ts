import { setTimeout as sleep } from "node:timers/promises";
import type { StreamStatus } from "@/lib/domain/stream-state";

/** Longest that events are held back for a top-up. */
const PATIENCE_MS = 60_000;
const POLL_MS = 1_000;

export type Funding = { status: StreamStatus; runwayMs: bigint; minimumTopUp: bigint };
export type Shortfall = { requiredTopUp: string; deadlineMs: number };

/**
 * Tells whether a stream of events is still paid for, second by second. What the ledger said is believed for `pollMs`, however long
 * the runway: a payer that closes or pauses gets its money back at once, so nothing may be sent after that.
 *
 * @param options.read the stream as the ledger sees it now
 * @param options.over whether nobody waits any more
 */
export function createFundingGate(options: {
  runwayMs: bigint;
  read: () => Promise<Funding>;
  over?: () => boolean;
  patienceMs?: number;
  pollMs?: number;
}) {
  const { read, over = () => false, patienceMs = PATIENCE_MS, pollMs = POLL_MS } = options;
  let paidUntilMs = performance.now() + Number(options.runwayMs);
  let askAgainMs = performance.now() + pollMs;

  /** Null while paid for; what is missing otherwise; `ended` when no top-up brings the flow back. */
  async function shortfall(): Promise<Shortfall | "ended" | null> {
    const paid = performance.now() <= paidUntilMs;
    if (paid && performance.now() <= askAgainMs) return null;
    askAgainMs = performance.now() + pollMs;
    // A ledger that is away for a moment ends no stream that it said was paid for.
    const funding = await read().catch((error: unknown) => {
      if (paid) return null;
      throw error;
    });
    if (funding === null) return null;
    const { status, runwayMs, minimumTopUp } = funding;
    paidUntilMs = performance.now() + Number(runwayMs);
    if (runwayMs > 0n) return null;
    if (status !== "active" && status !== "exhausted") return "ended";
    return { requiredTopUp: String(minimumTopUp), deadlineMs: patienceMs };
  }

  /** Waits for a top-up. False when none came in time, or the stream has ended. */
  async function refilled(): Promise<boolean> {
    const giveUpMs = performance.now() + patienceMs;
    while (performance.now() < giveUpMs) {
      await sleep(pollMs);
      if (over()) return false;
      const missing = await shortfall();
      if (missing === "ended") return false;
      if (missing === null) return true;
    }
    return false;
  }

  return { shortfall, refilled };
}
