import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { callLedger } from "@/lib/ledger/call-ledger";
import { SETTLE_BATCH, settledBatch } from "./settled-batch";

export type CollectReport = {
  /** Streams that something was collected from, or that turned out to have ended. */
  streams: number;
  /** Base units. */
  collected: bigint;
  /** Where to go on when time was up: the next call's `after`. Null when that was all. */
  after: string | null;
};

/**
 * Pays a receiver what has accrued so far in all its streams. Bounded: batches of `limit` until `budgetMs` is over. However often
 * it is called, whole or in pieces, the total is the same: each bill is a difference of the cumulative amount.
 *
 * @param input.actor the receiver; streams that it sends are not touched
 */
export async function collectStreams(
  input: { actor: string; after?: string | undefined; limit?: number; budgetMs?: number },
  db: Queryable = pool(),
): Promise<CollectReport> {
  const { limit = SETTLE_BATCH, budgetMs = 2_000 } = input;
  const end = performance.now() + budgetMs;
  const report: CollectReport = { streams: 0, collected: 0n, after: input.after ?? null };
  do {
    const asked = { actor: input.actor.toLowerCase(), after: report.after, limit };
    const batch = await callLedger("collect_streams", asked, settledBatch, db);
    report.streams += batch.streams;
    report.collected += batch.collected;
    report.after = batch.after ?? null;
  } while (report.after !== null && performance.now() < end);
  return report;
}
