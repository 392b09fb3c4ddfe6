import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { logger } from "@/lib/log";
import { sweepStreams } from "./sweep-streams";

const BATCH = 200;
const MAX_BACK_OFF_MS = 60_000;

/**
 * Sweeps until stopped: every `intervalMs`, at once again while there is more to do than one pass takes, more and more
 * seldom while the database does not answer.
 *
 * @returns stops the loop, and resolves when the pass under way has ended
 */
export function startSweepLoop(intervalMs: number): () => Promise<void> {
  const stop = new AbortController();
  const ended = loop(intervalMs, stop.signal);
  return () => {
    stop.abort();
    return ended;
  };
}

async function loop(intervalMs: number, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    let more = false;
    try {
      more = (await sweepStreams({ limit: BATCH })).looked >= BATCH;
      failures = 0;
    } catch (error) {
      failures += 1;
      logger.error({ error }, "A sweep failed");
    }
    const pause = Math.min(intervalMs * 2 ** failures, MAX_BACK_OFF_MS);
    if (!more) await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
