import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import type { StreamStatus } from "@/lib/domain/stream-state";
import { type StreamRow, type StreamView, selectStreams, streamView } from "./stream-view";

export type StreamFilter = {
  actor: string;
  /** Which end the actor is; both when absent. */
  role?: "sender" | "receiver" | undefined;
  status?: StreamStatus | undefined;
  /** True leaves out what is over: settled and failed streams. */
  open?: boolean | undefined;
  providerId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
};

/** A page of the actor's streams, newest first. The cursor is the last stream's id: ids grow with time. */
export async function listStreams(
  filter: StreamFilter,
  db: Queryable = pool(),
): Promise<{ items: StreamView[]; nextCursor: string | null }> {
  const { rows } = await db.query<StreamRow>({
    text: `${selectStreams}
      where (($2::text is distinct from 'receiver' and s.sender = $1) or ($2::text is distinct from 'sender' and s.receiver = $1))
        and ($3::text is null or case when s.status = 'active' and s.depletes_ms <= t.now_ms then 'exhausted' else s.status end = $3)
        and ($6::text is null or s.provider_id = $6) and (not $7 or s.status not in ('settled', 'failed'))
        and ($4::text is null or (s.opened_ms, s.id) < (select c.opened_ms, c.id from stream c where c.id = $4 and $1 in (c.sender, c.receiver)))
      order by s.opened_ms desc, s.id desc limit $5`,
    values: [
      filter.actor.toLowerCase(),
      filter.role ?? null,
      filter.status ?? null,
      filter.cursor ?? null,
      filter.limit + 1,
      filter.providerId ?? null,
      filter.open ?? false,
    ],
  });
  const items = rows.slice(0, filter.limit).map(streamView);
  const more = rows.length > filter.limit;
  return { items, nextCursor: more ? (items.at(-1)?.id ?? null) : null };
}
