import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { type AlertRow, type AlertView, alertView, selectAlerts } from "./alert-view";

/**
 * Puts an alert of the actor's away, and with it the less urgent ones of the same descent: they would only come back in its
 * place. A more urgent one still comes. Dismissing again changes nothing.
 *
 * @throws ProblemError `alert-not-found`, the same for an alert of somebody else
 */
export async function dismissAlert(
  { actor, alertId }: { actor: string; alertId: string },
  db: Queryable = pool(),
): Promise<AlertView> {
  const account = actor.toLowerCase();
  await db.query(
    `update alert a set dismissed_ms = clock_ms() from alert d
     where d.id = $1 and d.account = $2 and d.state = 'raised' and a.stream_id = d.stream_id and a.dismissed_ms is null
       and (a.id = d.id or (a.ended_ms is null and d.ended_ms is null and a.threshold_ms >= d.threshold_ms))`,
    [alertId, account],
  );
  const { rows } = await db.query<AlertRow>(`${selectAlerts} where id = $1 and account = $2`, [
    alertId,
    account,
  ]);
  if (!rows[0]) throw new ProblemError("alert-not-found", "Alert not found.");
  return alertView(rows[0]);
}
