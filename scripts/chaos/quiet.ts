import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Finding } from "./finding";

/** What may not be left when everything has been healed: paid calls under way, streams that a sweep should see to. */
const WORK = `select 'call ' || id || ' is open' as what from request where state = 'open'
  union all select 'stream ' || id || ' is due' from stream where due_ms <= clock_ms()`;
const UNSETTLED = "select 'stream ' || id || ' is ' || status from stream where status <> 'settled'";

export const nothingUnderWay = WORK;
export const everythingSettled = `${WORK} union all ${UNSETTLED}`;

/** Waits until a query gives no rows; each row that stays is a finding. @param until in `performance.now()` */
export async function untilQuiet(pool: pg.Pool, sql: string, until: number): Promise<Finding[]> {
  for (;;) {
    const { rows } = await pool.query<{ what: string }>(sql);
    if (rows.length === 0) return [];
    if (performance.now() > until) return rows.map(({ what }) => ({ check: "open", detail: what }));
    await sleep(200);
  }
}
