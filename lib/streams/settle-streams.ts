import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { callLedger } from "@/lib/ledger/call-ledger";
import { SETTLE_BATCH, settledBatch } from "./settled-batch";

/** Each has a connection. Two keep two processors busy, the third works while another waits for its commit. */
const WORKERS = 3;

export type SettleReport = {
  streams: number;
  /** Base units that receivers got. */
  collected: bigint;
  failed: number;
  /** True when time was up before all was settled. */
  more: boolean;
};

/**
 * Pays all receivers what has accrued in all streams, once every `intervalMs`: nobody has to ask for its money. Bounded by
 * `budgetMs`; the next pass, of any server, goes on where this one stopped. Safe to run by many at once.
 */
export async function settleStreams(
  options: { intervalMs: number; limit?: number; workers?: number; budgetMs?: number },
  db: Queryable = pool(),
): Promise<SettleReport> {
  const { intervalMs, limit = SETTLE_BATCH, workers = WORKERS, budgetMs = 2_000 } = options;
  const end = performance.now() + budgetMs;
  const report: SettleReport = { streams: 0, collected: 0n, failed: 0, more: false };
  const work = async () => {
    for (;;) {
      const batch = await callLedger("settle_streams", { limit, intervalMs }, settledBatch.nullable(), db);
      if (!batch) return;
      report.streams += batch.streams;
      report.collected += batch.collected;
      report.failed += batch.failed;
      if (performance.now() < end) continue;
      report.more = true;
      return;
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return report;
}
