import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { logger } from "@/lib/log";
import { claimProbe, type DueProbe, type ProbeSchedule } from "./probe-claim";
import { type ProbeResult, probeProvider } from "./probe-provider";
import { recordProbe } from "./probe-record";

/** Providers probed at the same time by one process: those that hang hold up few of the others. */
const CONCURRENCY = 8;

export type ProbeReport = {
  probed: number;
  failed: number;
  /** Whether others may still be due. */
  more: boolean;
};

type Options = {
  /** Most providers of one pass. */
  limit: number;
  /** No new probe begins after this long. The last one ends a deadline later. */
  budgetMs?: number;
  schedule: ProbeSchedule;
  signal?: AbortSignal;
  /** How one provider is probed; a test hurries. */
  probe?: (endpoint: string) => Promise<ProbeResult | null>;
};

/**
 * One bounded pass over the providers that are due: each is claimed by its row, so of any number of processes one probes it,
 * once an interval. No transaction is open while a provider is asked.
 */
export async function probeProviders(options: Options, db: Queryable = pool()): Promise<ProbeReport> {
  const { limit, budgetMs = 5_000, schedule, signal } = options;
  const probe =
    options.probe ??
    ((endpoint: string) =>
      probeProvider(endpoint, { allow: env.UPSTREAM_ALLOW, ...(signal ? { signal } : {}) }));
  const report: ProbeReport = { probed: 0, failed: 0, more: true };
  const end = performance.now() + budgetMs;
  let left = limit;

  async function work(): Promise<void> {
    while (left > 0 && performance.now() < end && !signal?.aborted) {
      left -= 1;
      const due = await claimProbe(schedule, db);
      if (!due) {
        report.more = false;
        return;
      }
      const result = await probe(due.endpoint);
      if (!result) return; // Told to stop: the provider's turn comes again in an interval.
      report.probed += 1;
      if (!result.ok) report.failed += 1;
      await recordResult(due, result, db);
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, limit) }, work));
  return report;
}

/** One row that cannot be written must not end the pass for the others. */
async function recordResult({ providerId }: DueProbe, result: ProbeResult, db: Queryable): Promise<void> {
  try {
    await recordProbe(providerId, result, db);
  } catch (error) {
    logger.error({ providerId, error }, "The probe of a provider could not be written down");
  }
}
