import "server-only";
import { getAddress } from "viem";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import { callLedger } from "@/lib/ledger/call-ledger";

/** The most that a page shows: the newest. */
const MOST = 200;

/** A delegation as its payer sees it. All null but `nonce` and `revokedMs`: its number was revoked before it was ever used. */
export type DelegationView = {
  nonce: bigint;
  delegate: string | null;
  realm: string | null;
  /** Base units of the ledger's dollar a second. */
  maxFlowRate: bigint | null;
  notAfterMs: bigint | null;
  createdMs: bigint;
  revokedMs: bigint | null;
};

/** What the actor's delegates have used, and what was revoked, newest first. */
export async function listDelegations(
  { actor }: { actor: string },
  db: Queryable = pool(),
): Promise<DelegationView[]> {
  const { rows } = await db.query<Record<string, string | null>>({
    text: `select nonce::text, delegate, realm, max_flow_rate::text, not_after_ms, created_ms, revoked_ms from delegation
      where payer = $1 order by created_ms desc, nonce desc limit $2`,
    values: [actor.toLowerCase(), MOST],
  });
  const units = (text: string | null | undefined) => (text == null ? null : BigInt(text));
  return rows.map((row) => ({
    nonce: BigInt(row.nonce ?? 0),
    delegate: row.delegate ? getAddress(row.delegate) : null,
    realm: row.realm ?? null,
    maxFlowRate: units(row.max_flow_rate),
    notAfterMs: units(row.not_after_ms),
    createdMs: BigInt(row.created_ms ?? 0),
    revokedMs: units(row.revoked_ms),
  }));
}

/** A delegation that may be used now. */
export type OpenDelegation = {
  [Member in "nonce" | "delegate" | "maxFlowRate" | "notAfterMs"]: NonNullable<DelegationView[Member]>;
};

/** Those of the actor's delegates that may still make calls, newest first: one is known once its key was first used. */
export async function listOpenDelegations(
  { actor }: { actor: string },
  db: Queryable = pool(),
): Promise<OpenDelegation[]> {
  const { rows } = await db.query<Record<string, string>>({
    text: `select nonce::text, delegate, max_flow_rate::text, not_after_ms from delegation
      where payer = $1 and delegate is not null and revoked_ms is null and not_after_ms > clock_ms()
      order by created_ms desc, nonce desc limit $2`,
    values: [actor.toLowerCase(), MOST],
  });
  return rows.map(({ nonce = "", delegate = "", max_flow_rate = "", not_after_ms = "" }) => ({
    nonce: BigInt(nonce),
    delegate: getAddress(delegate),
    maxFlowRate: BigInt(max_flow_rate),
    notAfterMs: BigInt(not_after_ms),
  }));
}

const revoked = z.object({
  nonce: z.string().transform(BigInt),
  revokedMs: z.number().transform(BigInt),
});

/**
 * Ends the actor's delegation of that number at once, and the sessions that its delegate holds. One that nobody has shown yet cannot be
 * used later. Revoking twice is revoking once.
 */
export async function revokeDelegation(
  { actor, nonce }: { actor: string; nonce: bigint },
  db: Queryable = pool(),
): Promise<{ nonce: bigint; revokedMs: bigint }> {
  return callLedger("revoke_delegation", { actor: actor.toLowerCase(), nonce }, revoked, db);
}
