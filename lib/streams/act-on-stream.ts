import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import { callLedger, type LedgerFunction } from "@/lib/ledger/call-ledger";
import { withCallsToSign } from "./calls-to-sign";
import { getStream } from "./get-stream";
import { type Operation, operation } from "./operation";
import type { StreamView } from "./stream-view";

export type StreamOperation = Operation & { streamId: string };

/**
 * Runs one money function on one stream for one of its parties, and reads the stream again.
 *
 * @throws ProblemError as the money function refuses; `stream-not-found` also for somebody else's stream; `stream-on-chain` with the `calls`
 * that its party signs instead
 */
export async function actOnStream(
  name: LedgerFunction,
  input: StreamOperation,
  members: Record<string, unknown> = {},
  db: Queryable = pool(),
): Promise<StreamView> {
  const asked = operation(name, input, { streamId: input.streamId, ...members });
  await callLedger(name, asked, z.object({ streamId: z.string() }), db).catch(async (error: unknown) => {
    throw await withCallsToSign(error, { name, streamId: input.streamId, actor: asked.actor, members }, db);
  });
  return getStream({ actor: asked.actor, streamId: input.streamId }, db);
}
