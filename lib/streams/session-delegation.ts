import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";

/** A decision may have been made while a revocation was on its way: so much earlier than the decision it may be dated. */
const MARGIN_MS = 60_000n;

/**
 * By which delegation of its payer a session was got; null: the payer's own. Revoking deletes the sessions of a delegate, so that one that
 * has gone since `sinceMs`, when a call was let in by it, is taken to be of what the payer has revoked since.
 *
 * @param of.tokenHash sha256 of the `Stream-Session` token, hex
 * @param of.payer lower-case address
 */
export async function sessionDelegation(
  of: { tokenHash: string; payer: string; sinceMs: bigint },
  db: Queryable = pool(),
): Promise<bigint | null> {
  const { rows } = await db.query<{ nonce: string | null }>(
    `select t.delegation_nonce::text as nonce from stream_session t where t.token_hash = decode($1, 'hex')
     union all (select g.nonce::text from delegation g where g.payer = $2 and g.revoked_ms >= $3
       and not exists (select 1 from stream_session t where t.token_hash = decode($1, 'hex')) order by g.revoked_ms desc limit 1)`,
    [of.tokenHash, of.payer, (of.sinceMs - MARGIN_MS).toString()],
  );
  const nonce = rows[0]?.nonce;
  return nonce == null ? null : BigInt(nonce);
}
