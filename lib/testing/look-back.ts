import type { Queryable } from "@/lib/db/pool";

/** Makes the alerts' next scan look at the last hour again, as after an hour in which nobody swept. */
export async function lookBack(db: Queryable): Promise<void> {
  // In one order: two bare updates at once may meet the rows in two, and wait for each other.
  await db.query(
    `update alert_scan set scanned_ms = clock_ms() - 3600000
     where threshold_ms in (select threshold_ms from alert_scan order by threshold_ms for update)`,
  );
}
