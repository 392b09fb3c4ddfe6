import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { logger } from "@/lib/log";
import { metrics } from "@/lib/metrics/metrics";

const MAX_BACK_OFF_MS = 60_000;

type Loop = {
  /** For the log: "sweep". */
  name: string;
  intervalMs: number;
  /** One bounded pass, safe to run twice. True when there is more to do than it took. */
  pass: () => Promise<boolean>;
};

/**
 * Runs a job until stopped: every `intervalMs`, at once again while there is more to do, more and more seldom while it fails.
 *
 * @returns stops the loop, and resolves when the pass under way has ended
 */
export function startLoop(loop: Loop): () => Promise<void> {
  const stop = new AbortController();
  const ended = run(loop, stop.signal);
  return () => {
    stop.abort();
    return ended;
  };
}

async function run({ name, intervalMs, pass }: Loop, signal: AbortSignal): Promise<void> {
  let failures = 0;
  const { loops } = metrics();
  const [done, failed] = [loops.of(name, "done"), loops.of(name, "failed")];
  while (!signal.aborted) {
    let more = false;
    try {
      more = await pass();
      done.n += 1;
      failures = 0;
    } catch (error) {
      failures += 1;
      failed.n += 1;
      logger.error({ error }, `A pass of the ${name} failed`);
    }
    const pause = Math.min(intervalMs * 2 ** failures, MAX_BACK_OFF_MS);
    if (!more) await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
