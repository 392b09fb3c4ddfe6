import "server-only";
import { probeProviders } from "./probe-providers";
import { flushCalls } from "./provider-health-calls";
import { forgetOldHealth } from "./provider-health-retention";

/** Most providers of one pass. */
const BATCH = 64;

/** One bounded pass of everything that health needs doing in time. True when more providers are due than it took. */
export async function probePass(options: { intervalMs: number; signal?: AbortSignal }): Promise<boolean> {
  const { intervalMs, ...stop } = options;
  await flushCalls(); // First: the verdicts look at paid calls too.
  const { more } = await probeProviders({ limit: BATCH, schedule: { intervalMs }, ...stop });
  await forgetOldHealth();
  return more;
}
