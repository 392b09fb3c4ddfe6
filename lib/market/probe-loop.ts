import "server-only";
import { startLoop } from "@/lib/loop";
import { probeProviders } from "./probe-providers";
import { forgetOldHealth } from "./provider-health-retention";

/** Most providers of one pass. */
const BATCH = 64;
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
    pass: async () => {
      const schedule = { intervalMs };
      const { more } = await probeProviders({ limit: BATCH, schedule, signal: stop.signal });
      await forgetOldHealth();
      return more;
    },
  });
  return () => {
    stop.abort();
    return stopLoop();
  };
}
