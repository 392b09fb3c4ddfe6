import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { flowSubject } from "@/lib/indexer/sources/superfluid-sources";
import { listSubjectLogs } from "@/lib/indexer/subject-logs";

/**
 * The rate, in base units a second, of a flow that runs but pays for no listing: it is slower than all prices, or its sender does not say for
 * which of several it is. Null when there is no such flow.
 */
export async function findUnnamedFlow(
  db: Queryable,
  { chainId, ...flow }: { chainId: number; token: string; sender: string; receiver: string },
): Promise<bigint | null> {
  const subject = flowSubject(flow);
  const logs = (await listSubjectLogs(db, chainId, [subject])).get(subject) ?? [];
  const rate = BigInt(String(logs.findLast(({ event }) => event === "FlowUpdated")?.args.flowRate ?? 0));
  if (rate === 0n) return null;
  const { rows } = await db.query(
    `select 1 from chain_stream c join stream s on s.id = c.stream_id
     where c.chain_id = $1 and c.subject >= $2 || ':' and c.subject < $2 || ';' and s.status = 'active' limit 1`,
    [chainId, subject],
  );
  return rows.length === 0 ? rate : null;
}
