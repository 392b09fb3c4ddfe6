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
import { refuseUselessRule } from "./refuse-useless-rule";
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
 * one, or a rule that could never act), `insufficient-balance`, `idempotency-conflict`
 */
export async function openStream(input: OpenStreamInput, db: Queryable = pool()): Promise<StreamView> {
  const { providerId, tier, deposit = null, autoTopUp = null } = input;
  const asked = operation("open_stream", input, { providerId, tier, deposit, autoTopUp });
  if (autoTopUp) await checkRule(autoTopUp, { ...asked, providerId, tier }, db);
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

/** A stream that was opened under this key already keeps its rule, also when that has expired since. */
async function checkRule(
  rule: AutoTopUpRule,
  asked: { actor: string; idempotencyKey: string | null; providerId: string; tier: string },
  db: Queryable,
): Promise<void> {
  const { rows } = await db.query<{ rate_amount: string; rate_period_ms: string; now_ms: string }>({
    text: `select rate_amount, rate_period_ms, clock_ms() as now_ms from provider_tier where provider_id = $1 and name = $2
      and not exists (select 1 from idempotency where actor = $3 and key = $4)`,
    values: [asked.providerId, asked.tier, asked.actor, asked.idempotencyKey],
  });
  const [price] = rows;
  if (!price) return; // No such tier: the database says so.
  const flow = { amount: BigInt(price.rate_amount), periodMs: BigInt(price.rate_period_ms) };
  refuseUselessRule(rule, flow, BigInt(price.now_ms));
}

/** The database refuses without saying which provider was asked for (S0.4 wants it named). */
function nameProvider(error: unknown, providerId: string): unknown {
  if (!(error instanceof ProblemError) || error.code !== "provider-not-found") return error;
  return new ProblemError(error.code, `Provider ${providerId} not registered`, { cause: error });
}
