import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { parseStreamEvent, sentenceFor } from "@/lib/domain/stream-event";
import { getStream } from "./get-stream";

export type StreamEventView = {
  seq: number;
  kind: string;
  atMs: bigint;
  sentence: string;
  data: Record<string, unknown>;
};

/** The newest of what happened to a stream, oldest first. */
export async function listLatestStreamEvents(
  input: { actor: string; streamId: string; limit: number },
  db: Queryable = pool(),
): Promise<StreamEventView[]> {
  await getStream(input, db);
  const { rows } = await db.query<EventRow>({
    text: "select seq, kind, at_ms, data from stream_event where stream_id = $1 order by seq desc limit $2",
    values: [input.streamId, input.limit],
  });
  return rows.reverse().map(eventView);
}

/** A page of what happened to a stream, oldest first, a plain sentence each. The cursor is the last `seq` seen. */
export async function listStreamEvents(
  input: { actor: string; streamId: string; cursor?: number | undefined; limit: number },
  db: Queryable = pool(),
): Promise<{ items: StreamEventView[]; nextCursor: string | null }> {
  await getStream(input, db);
  const { rows } = await db.query<EventRow>({
    text: "select seq, kind, at_ms, data from stream_event where stream_id = $1 and seq > $2 order by seq limit $3",
    values: [input.streamId, input.cursor ?? -1, input.limit + 1],
  });
  const items = rows.slice(0, input.limit).map(eventView);
  return { items, nextCursor: rows.length > input.limit ? String(items.at(-1)?.seq) : null };
}

type EventRow = { seq: number; kind: string; at_ms: string; data: Record<string, unknown> };

function eventView({ seq, kind, at_ms, data }: EventRow): StreamEventView {
  const event = parseStreamEvent(kind, BigInt(at_ms), data);
  return { seq, kind, atMs: BigInt(at_ms), sentence: sentenceFor(event, LEDGER_ASSET).text, data };
}
