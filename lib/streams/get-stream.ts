import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { type StreamRow, type StreamView, selectStreams, streamView } from "./stream-view";

/**
 * One stream, for its sender or its receiver.
 *
 * @throws ProblemError `stream-not-found`, the same for a stream of somebody else
 */
export async function getStream(
  { actor, streamId }: { actor: string; streamId: string },
  db: Queryable = pool(),
): Promise<StreamView> {
  const { rows } = await db.query<StreamRow>({
    text: `${selectStreams} where s.id = $1 and $2 in (s.sender, s.receiver)`,
    values: [streamId, actor.toLowerCase()],
  });
  if (!rows[0]) throw new ProblemError("stream-not-found", "Stream not found.");
  return streamView(rows[0]);
}
