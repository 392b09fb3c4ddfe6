import "server-only";
import { pool } from "@/lib/db/pool";
import { hashSessionToken, looksLikeSessionToken } from "./session-token";

export type SignedIn = { address: `0x${string}`; expiresAt: Date };

/** Who holds this token now, in lower case; null when it is unknown, revoked or expired by the database's clock. */
export async function accountOfToken(token: string): Promise<SignedIn | null> {
  if (!looksLikeSessionToken(token)) return null;
  const database = pool();
  const { rows } = await database.query<SignedIn>(
    `select address, expires_at as "expiresAt" from auth_session
      where token_hash = $1 and revoked_at is null and expires_at > clock_timestamp()`,
    [hashSessionToken(token)],
  );
  return rows[0] ?? null;
}
