import "server-only";
import { pool } from "@/lib/db/pool";
import { type PublicStreamView, publicStreamView } from "@/lib/domain/stream-view";
import { ProblemError } from "@/lib/errors";
import { type StreamRow, selectStreams, streamView } from "./stream-view";

/**
 * A stream for anybody who knows its unguessable id: the nine members of S0.8 at the database's clock.
 *
 * @throws ProblemError `stream-not-found`
 */
export async function getPublicStream(streamId: string): Promise<PublicStreamView> {
  const { rows } = await pool().query<StreamRow>(`${selectStreams} where s.id = $1`, [streamId]);
  if (!rows[0]) throw new ProblemError("stream-not-found", "Stream not found.");
  const stream = streamView(rows[0]);
  return publicStreamView(
    {
      ...stream,
      streamId: stream.id,
      active: stream.status === "active",
      startedMs: stream.startedAtMs,
      endedMs: stream.closedAtMs,
    },
    stream.serverNowMs,
  );
}
