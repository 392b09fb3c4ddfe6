import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import { decodeCursor, encodeCursor } from "@/lib/http/page-cursor";
import { type AlertRow, type AlertView, alertView, selectAlerts } from "./alert-view";

const position = z.tuple([z.string().regex(/^\d{1,18}$/), z.string().max(100)]);

export type AlertFilter = {
  actor: string;
  /** Only what is true now; all that was raised in the last 30 days when absent. */
  live?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** A page of the actor's alerts, the newest first. Muted ones were never told to anybody and are not listed. */
export async function listAlerts(
  { actor, live = false, cursor, limit }: AlertFilter,
  db: Queryable = pool(),
): Promise<{ items: AlertView[]; nextCursor: string | null }> {
  const [beforeMs, beforeId] = cursor ? decodeCursor(cursor, position) : [null, null];
  const { rows } = await db.query<AlertRow>({
    text: `${selectAlerts}
      where account = $1 and ($2::bigint is null or (raised_ms, id) < ($2, $3))
        ${live ? "and ended_ms is null and dismissed_ms is null and is_live" : ""}
      order by raised_ms desc, id desc limit $4`,
    values: [actor.toLowerCase(), beforeMs, beforeId, limit + 1],
  });
  const items = rows.slice(0, limit).map(alertView);
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items, nextCursor: last ? encodeCursor([last.raised_ms, last.id]) : null };
}

/** The alert that stands for one of the actor's streams, or null. */
export async function findStreamAlert(
  { actor, streamId }: { actor: string; streamId: string },
  db: Queryable = pool(),
): Promise<AlertView | null> {
  const { rows } = await db.query<AlertRow>({
    text: `${selectAlerts} where account = $1 and stream_id = $2 and ended_ms is null and is_live limit 1`,
    values: [actor.toLowerCase(), streamId],
  });
  return rows[0] ? alertView(rows[0]) : null;
}
