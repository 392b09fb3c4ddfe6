import "server-only";
import { pool } from "@/lib/db/pool";
import { hashSessionToken } from "./session-token";

/** Ends a session on every server at once. Ending it again changes nothing. */
export async function revokeSession(token: string): Promise<void> {
  const database = pool();
  await database.query(
    `update auth_session set revoked_at = clock_timestamp() where token_hash = $1 and revoked_at is null`,
    [hashSessionToken(token)],
  );
}
