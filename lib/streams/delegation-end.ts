import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";

export type DelegationEnd = "revoked" | "expired";

/** Why a delegation that was used does not hold any more, by the database's clock; null while it does. @param of.payer lower-case address */
export async function delegationEnd(
  of: { payer: string; nonce: bigint },
  db: Queryable = pool(),
): Promise<DelegationEnd | null> {
  const { rows } = await db.query<{ why: DelegationEnd | null }>(
    `select case when revoked_ms is not null then 'revoked' when not_after_ms <= clock_ms() then 'expired' end as why
     from delegation where payer = $1 and nonce = $2`,
    [of.payer, of.nonce.toString()],
  );
  return rows[0]?.why ?? null;
}
