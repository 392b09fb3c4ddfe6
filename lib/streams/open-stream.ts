import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import { ProblemError } from "@/lib/errors";
import { callLedger } from "@/lib/ledger/call-ledger";
import { getStream } from "./get-stream";
import { newId } from "./new-id";
import { type Operation, operation } from "./operation";
import type { StreamView } from "./stream-view";

export type OpenStreamInput = Operation & {
  providerId: string;
  tier: string;
  /** Base units to lock; absent: what the provider requires for the tier. */
  deposit?: bigint | undefined;
  autoTopUp?: AutoTopUpRule | null | undefined;
};

/**
 * Locks a deposit and lets money flow to the provider from this moment, at the tier's price of this moment, which the
 * stream keeps.
 *
 * @throws ProblemError `provider-not-found`, `unknown-tier`, `self-stream`, `invalid-input` (deposit below the required
 * one), `insufficient-balance`, `idempotency-conflict`
 */
export async function openStream(input: OpenStreamInput, db: Queryable = pool()): Promise<StreamView> {
  const { providerId, tier, deposit = null, autoTopUp = null } = input;
  const asked = operation("open_stream", input, { providerId, tier, deposit, autoTopUp });
  const { streamId } = await callLedger(
    "open_stream",
    { ...asked, streamId: newId("str"), asset: LEDGER_ASSET.symbol },
    z.object({ streamId: z.string() }),
    db,
  ).catch((error: unknown) => {
    throw nameProvider(error, providerId);
  });
  return getStream({ actor: asked.actor, streamId }, db);
}

/** The database refuses without saying which provider was asked for (S0.4 wants it named). */
function nameProvider(error: unknown, providerId: string): unknown {
  if (!(error instanceof ProblemError) || error.code !== "provider-not-found") return error;
  return new ProblemError(error.code, `Provider ${providerId} not registered`, { cause: error });
}
