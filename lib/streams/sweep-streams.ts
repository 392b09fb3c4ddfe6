import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import { callLedger } from "@/lib/ledger/call-ledger";
import { logger } from "@/lib/log";
import { forgetDenied } from "./forget-denied";
import { settledBatch } from "./settled-batch";

const sweptOutput = z.object({ streamId: z.string(), from: z.string(), to: z.string() }).nullable();

/** Batches of paid calls that a pass looks after; a busy market authorises some hundreds a second. */
const WATCHES = 2_000;
/** Expired rows of each kind that a pass forgets. */
const FORGOTTEN = 10_000;

/** What one pass did. */
export type SweepReport = { looked: number; changed: number; voided: number; failed: number };

/**
 * One bounded pass of what time does: automatic top-ups, exhaustion, the end of grace, settlement of closing streams,
 * paid calls of dead servers, rows that have expired. Streams without a rule go in one transaction, those with a rule in one each;
 * all are claimed by their rows, so a pass is safe to run twice or by many. One that fails is tried again later and later
 * (`sweep_failure`), so that those behind it get their turn.
 *
 * @param options.limit how many streams of either kind
 */
export async function sweepStreams(
  { limit, budgetMs = 10_000 }: { limit: number; budgetMs?: number },
  db: Queryable = pool(),
): Promise<SweepReport> {
  const end = performance.now() + budgetMs;
  const { looked = 0, changed, failed } = await callLedger("sweep_batch", { limit }, settledBatch, db);
  const report: SweepReport = { looked, changed, voided: 0, failed };
  const rules = await db.query<{ id: string }>("select due_rules($1) as id", [limit]);
  for (const { id } of rules.rows) {
    if (performance.now() > end) break;
    report.looked += 1;
    try {
      const swept = await sweepStream(id, db);
      if (swept && swept.from !== swept.to) report.changed += 1;
    } catch (error) {
      report.failed += 1;
      logger.error({ streamId: id, error }, "The sweep of a stream failed");
      const reason = error instanceof Error ? error.message : String(error);
      await db.query("select note_sweep_failure($1, $2)", [id, reason]);
    }
  }
  const stale = await db.query<{ n: string }>("select void_stale_requests($1) as n", [WATCHES]);
  report.voided = Number(stale.rows[0]?.n ?? 0);
  await db.query("select forget_expired($1)", [FORGOTTEN]);
  await forgetDenied({}, db);
  return report;
}

/** Brings one stream up to date if it is due. Null when it is not, or another sweep holds it. */
export function sweepStream(streamId: string, db: Queryable = pool()) {
  return callLedger("sweep_stream", { streamId }, sweptOutput, db);
}
