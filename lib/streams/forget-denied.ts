import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { env } from "@/lib/env";

const DAY_MS = 86_400_000;
/** Rows of one statement. */
const BATCH = 2_000;

/**
 * Forgets refused calls that are older than `DENIED_RETENTION_DAYS`: a payer can be refused as often as they like, and must not
 * fill the disk by it. The stream's count of them stays.
 *
 * @param budgetMs how long this may take; what is left over waits for the next pass
 * @returns how many rows went
 */
export async function forgetDenied(
  { budgetMs = 1_000 }: { budgetMs?: number } = {},
  db: Queryable = pool(),
): Promise<number> {
  const end = performance.now() + budgetMs;
  let forgotten = 0;
  for (;;) {
    const { rows } = await db.query<{ n: string }>("select forget_denied($1, $2) as n", [
      BATCH,
      env.DENIED_RETENTION_DAYS * DAY_MS,
    ]);
    const n = Number(rows[0]?.n ?? 0);
    forgotten += n;
    if (n < BATCH || performance.now() > end) return forgotten;
  }
}
