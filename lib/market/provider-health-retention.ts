import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { DAY_MS, HOUR_MS } from "./provider-health-view";

/** Older buckets are shown to nobody. */
const HOURS_KEPT_MS = 2n * DAY_MS;
const DAYS_KEPT_MS = 31n * DAY_MS;
/** Rows of one pass: what is left over goes with the next ones. */
const BATCH = 500;

/** Removes buckets that have served their time: hours after 2 days, days after 31. Passes at once take different rows. */
export async function forgetOldHealth(db: Queryable = pool()): Promise<number> {
  const { rowCount } = await db.query(FORGET_SQL, [
    [String(HOUR_MS), String(DAY_MS)],
    [String(HOURS_KEPT_MS), String(DAYS_KEPT_MS)],
    BATCH,
  ]);
  return rowCount ?? 0;
}

// The clock is read once, in a select of its own: otherwise it is read for every row, and no index helps.
const FORGET_SQL = `
  delete from provider_health_bucket
   where (provider_id, span_ms, start_ms) in (
     select b.provider_id, b.span_ms, b.start_ms
       from unnest($1::bigint[], $2::bigint[]) as kept (span_ms, ms)
       join provider_health_bucket b on b.span_ms = kept.span_ms and b.start_ms < (select clock_ms()) - kept.ms - kept.span_ms
      limit $3 for update of b skip locked)`;
