import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import { callLedger, type LedgerFunction } from "@/lib/ledger/call-ledger";
import type { SignedAllowance } from "@/lib/rails/allowance";
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
 * @param signed what the party signed so that those calls are one; the ledger has no use for it
 */
export async function actOnStream(
  name: LedgerFunction,
  input: StreamOperation,
  members: Record<string, unknown> = {},
  db: Queryable = pool(),
  signed?: SignedAllowance,
): Promise<StreamView> {
  const asked = operation(name, input, { streamId: input.streamId, ...members });
  await callLedger(name, asked, z.object({ streamId: z.string() }), db).catch(async (error: unknown) => {
    const { streamId } = input;
    throw await withCallsToSign(error, { name, streamId, actor: asked.actor, members, signed }, db);
  });
  return getStream({ actor: asked.actor, streamId: input.streamId }, db);
}
