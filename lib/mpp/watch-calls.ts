import "server-only";
import { pool } from "@/lib/db/pool";
import { type StreamRow, selectStreams, streamView } from "@/lib/streams/stream-view";
import { isDirectPath } from "./direct-call";

/** What is left of a call's stream at this moment. */
export type WatchedCall = {
  requestId: string;
  /** False when the call has ended: whatever is served from now on is free. */
  open: boolean;
  streamId: string;
  status: string;
  runwayMs: bigint;
  minimumTopUp: bigint;
};

/** An open call is abandoned after 60 s (`call_patience_ms`): its deadline is moved when two thirds of them are left. */
const EXTEND_BELOW_MS = 40_000;

/**
 * Calls that a provider answers at this moment: whether their streams still pay, in one question for all of them. Those that went past the
 * door are kept open by it; the door keeps its own.
 *
 * @param actor lower-case address of the provider's owner
 * @returns only what is the owner's, in no order
 */
export async function watchCalls(actor: string, requestIds: readonly string[]): Promise<WatchedCall[]> {
  const { rows: calls } = await pool().query<{
    id: string;
    streamId: string;
    open: boolean;
    path: string;
    leftMs: string;
  }>(
    `select r.id, r.stream_id as "streamId", r.state = 'open' as open, r.path, coalesce(r.deadline_ms - clock_ms(), 0) as "leftMs"
     from request r join provider p on p.id = r.provider_id
     where r.id = any($1) and p.owner = $2 and r.stream_id is not null`,
    [requestIds, actor],
  );
  const stale = calls.filter(
    ({ open, path, leftMs }) => open && isDirectPath(path) && Number(leftMs) < EXTEND_BELOW_MS,
  );
  if (stale.length > 0)
    await pool().query("select extend_request(id) from unnest($1::text[]) as t (id)", [
      stale.map(({ id }) => id),
    ]);
  const { rows: streams } = await pool().query<StreamRow>(`${selectStreams} where s.id = any($1)`, [
    [...new Set(calls.map(({ streamId }) => streamId))],
  ]);
  const views = new Map(streams.map((row) => [row.id, streamView(row)]));
  return calls.flatMap(({ id, open, streamId }) => {
    const view = views.get(streamId);
    if (!view) return [];
    const { status, runwayMs, minimumTopUp } = view;
    return [{ requestId: id, open, streamId, status, runwayMs, minimumTopUp }];
  });
}
