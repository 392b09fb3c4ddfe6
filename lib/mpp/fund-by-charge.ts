import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { type Authorization, idOf } from "./charge-authorization";
import type { ChargeToken } from "./charge-token";
import type { DoorLedger } from "./door-types";

const OPEN = "open";

type Funding = {
  token: ChargeToken;
  authorization: Authorization;
  credit: bigint;
  providerId: string;
  tier: string;
};

/**
 * Lets the credit of a charge flow: into the payer's stream with that provider at that tier, else into a new one. What is to be done is
 * written down before it is done, so that showing the authorisation again moves nothing twice.
 *
 * @returns the stream
 * @throws ProblemError `insufficient-balance` when the payer has spent the credit otherwise in the meantime
 */
export async function fundByCharge(db: Queryable, ledger: DoorLedger, funding: Funding): Promise<string> {
  const { token, authorization, credit, providerId, tier } = funding;
  const id = idOf(token, authorization);
  const actor = authorization.from.toLowerCase();
  const key = `charge:${id.join(":")}`;
  const plan = await planOnce(db, id, await findStream(db, actor, providerId, tier));
  if (plan !== OPEN) {
    try {
      await ledger.topUpStream({ actor, idempotencyKey: `${key}:top-up`, streamId: plan, amount: credit });
      return plan;
    } catch (error) {
      if (!isOutrun(error)) throw error;
      await changePlan(db, id, plan);
    }
  }
  const opened = await ledger.openStream({
    ...{ actor, idempotencyKey: `${key}:open`, providerId, tier },
    deposit: credit,
    autoTopUp: null,
  });
  return opened.id;
}

/** The stream ended between the look and the deed, or needs more than this: a new one is opened. */
function isOutrun(error: unknown): boolean {
  return (
    error instanceof ProblemError &&
    ["stream-state", "invalid-input", "stream-not-found"].includes(error.code)
  );
}

async function findStream(db: Queryable, payer: string, providerId: string, tier: string): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `select id from stream where sender = $1 and provider_id = $2 and tier = $3 and rail = 'ledger' and status in ('active', 'exhausted')
     order by status, opened_ms desc limit 1`,
    [payer, providerId, tier],
  );
  return rows[0]?.id ?? OPEN;
}

async function planOnce(db: Queryable, id: ReturnType<typeof idOf>, plan: string): Promise<string> {
  const { rows } = await db.query<{ funds: string }>(
    `update chain_charge set funds = coalesce(funds, $5) where chain_id = $1 and token = $2 and payer = $3 and nonce = $4 returning funds`,
    [...id, plan],
  );
  return rows[0]?.funds ?? plan;
}

async function changePlan(db: Queryable, id: ReturnType<typeof idOf>, from: string): Promise<void> {
  await db.query(
    `update chain_charge set funds = $6 where chain_id = $1 and token = $2 and payer = $3 and nonce = $4 and funds = $5`,
    [...id, from, OPEN],
  );
}
