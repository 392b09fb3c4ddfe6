import "server-only";
import { startLoop } from "@/lib/loop";
import { probePass } from "./probe-pass";

/** How soon a provider that has just registered, or moved, gets its first probe. */
const LOOK_EVERY_MS = 5_000;

/**
 * Probes every active provider once in `intervalMs`, shared with all other processes, until the function that it returns is
 * called: that ends the probes under way too.
 */
export function startProbeLoop(intervalMs: number): () => Promise<void> {
  const stop = new AbortController();
  const stopLoop = startLoop({
    name: "provider probes",
    intervalMs: Math.min(LOOK_EVERY_MS, intervalMs),
    pass: () => probePass({ intervalMs, signal: stop.signal }),
  });
  return () => {
    stop.abort();
    return stopLoop();
  };
}
