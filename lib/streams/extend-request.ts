import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";

/**
 * Moves the deadline of an open call (60 s from now): its server is alive and still sending. A call whose deadline has
 * passed is voided by a sweep, so that nobody pays for what a dead server did not send.
 *
 * @returns false when the call had ended before
 */
export async function extendRequest(requestId: string, db: Queryable = pool()): Promise<boolean> {
  const { rows } = await db.query<{ open: boolean }>("select extend_request($1) as open", [requestId]);
  return rows[0]?.open ?? false;
}
