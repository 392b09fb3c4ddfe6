import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";

const sweptOutput = z.object({ looked: z.int(), raised: z.int(), more: z.boolean() });

/**
 * One bounded pass over the streams that time has brought to 4 h, 1 h or 10 min of runway since the last pass: at most `limit`
 * of each. One statement, one transaction; two passes at once share the thresholds, and raise nothing twice.
 */
export async function sweepAlerts(
  { limit }: { limit: number },
  db: Queryable = pool(),
): Promise<z.infer<typeof sweptOutput>> {
  const { rows } = await db.query<{ swept: unknown }>("select sweep_alerts($1) as swept", [limit]);
  return sweptOutput.parse(rows[0]?.swept);
}

/** Deletes up to `limit` alerts and as many deliveries of more than 30 days ago. */
export async function forgetAlerts({ limit }: { limit: number }, db: Queryable = pool()): Promise<void> {
  await db.query("select forget_alerts($1)", [limit]);
}
