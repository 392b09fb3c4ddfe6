import { randomBytes } from "node:crypto";
import type { Queryable } from "@/lib/db/pool";
import { DEFAULT_TIERS, type Tier, type TierName } from "@/lib/domain/tier";
import {
  type Authorised,
  type AuthorizeCall,
  authorizeRequests,
  type Decision,
} from "@/lib/streams/authorize-request";
import { completeRequests } from "@/lib/streams/complete-request";
import { newId } from "@/lib/streams/new-id";

export const TOKEN = 10n ** 18n;
export const HOUR_MS = 3_600_000n;

/** A lower-case address that nobody else has. */
export function someAddress(): string {
  return `0x${randomBytes(20).toString("hex")}`;
}

export type ListedProvider = { id: string; owner: string };

/**
 * Lists a provider straight in the tables: these tests are about money, not about registration.
 *
 * @param terms.tiers over the defaults (S0.2)
 */
export async function listProvider(
  db: Queryable,
  terms: {
    owner?: string;
    depositMs?: bigint;
    graceMs?: bigint;
    tiers?: Partial<Record<TierName, Partial<Omit<Tier, "name">>>>;
  } = {},
): Promise<ListedProvider> {
  const { owner = someAddress(), depositMs = 4n * HOUR_MS, graceMs = 900_000n, tiers = {} } = terms;
  const id = `p-${randomBytes(8).toString("hex")}`;
  await db.query(
    `insert into provider (id, owner, name, endpoint, category, deposit_ms, grace_ms)
     values ($1, $2, $1, 'http://127.0.0.1:1', 'data_analytics', $3, $4)`,
    [id, owner, depositMs, graceMs],
  );
  for (const tier of Object.values(DEFAULT_TIERS)) await setTier(db, id, { ...tier, ...tiers[tier.name] });
  return { id, owner };
}

/** What the provider asks for a tier from now on. */
export async function setTier(db: Queryable, providerId: string, tier: Tier): Promise<void> {
  await db.query(
    `insert into provider_tier (provider_id, name, rate_amount, rate_period_ms, max_requests_per_hour, priority)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (provider_id, name) do update set rate_amount = excluded.rate_amount,
       rate_period_ms = excluded.rate_period_ms, max_requests_per_hour = excluded.max_requests_per_hour`,
    [providerId, tier.name, tier.rate.amount, tier.rate.periodMs, tier.maxRequestsPerHour, tier.priority],
  );
}

/** An address with `amount` base units in its wallet, credited from outside as the faucet does, without its daily maximum. */
export async function fundedAddress(db: Queryable, amount: bigint): Promise<string> {
  const actor = someAddress();
  if (amount === 0n) return actor;
  await db.query("select credit_wallet($1::jsonb)", [
    JSON.stringify({ actor, asset: "USDCx", source: "faucet", amount: `${amount}`, dailyMax: `${amount}` }),
  ]);
  return actor;
}

export async function walletBalance(db: Queryable, address: string): Promise<bigint> {
  const { rows } = await db.query<{ balance: string }>("select balance from account where id = $1", [
    `wallet:${address}`,
  ]);
  return BigInt(rows[0]?.balance ?? 0);
}

/** A call of the payer's to a provider, by proof, free on top of the flow unless it says otherwise. */
export function someCall(of: Pick<AuthorizeCall, "providerId"> & Partial<AuthorizeCall>): AuthorizeCall {
  return {
    requestId: newId("req"),
    serviceId: null,
    requestType: "test",
    method: "POST",
    path: "/test",
    via: "proof",
    idempotencyKey: null,
    requestHash: "00".repeat(32),
    requestDigest: null,
    price: 0n,
    ...of,
  };
}

/** One call, one round trip, no batching with others. */
export async function authorise(db: Queryable, call: AuthorizeCall): Promise<Decision> {
  const [decision] = await authorizeRequests([call], db);
  if (!decision) throw new Error("One call, no decision.");
  return decision;
}

/** @throws Error when the call was denied */
export async function authorised(db: Queryable, call: AuthorizeCall): Promise<Authorised> {
  const decision = await authorise(db, call);
  if (decision.outcome !== "authorised") throw new Error(`Not authorised: ${JSON.stringify(decision)}`);
  return decision;
}

/** Ends one call; true when this ended it. */
export async function complete(
  db: Queryable,
  requestId: string,
  outcome: "served" | "voided" = "served",
): Promise<boolean> {
  const status = outcome === "served" ? 200 : 502;
  const [ended] = await completeRequests(
    [{ requestId, outcome, status, responseDigest: null, receipt: null }],
    db,
  );
  return ended === true;
}
