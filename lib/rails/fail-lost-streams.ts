import "server-only";
import { z } from "zod";
import type { Queryable } from "@/lib/db/pool";
import { callLedger } from "@/lib/ledger/call-ledger";

/**
 * Ends the streams of which their chain says nothing any more: it took back a confirmed block, or the devnet was reset. Nothing is served
 * on them. Only while the index has all of the chain, because one that fills up has not come to them yet.
 *
 * @returns their ids
 */
export async function failLostStreams(db: Queryable, chainId: number): Promise<string[]> {
  const { rows } = await db.query<{ subject: string }>({
    text: `select c.subject from chain_stream c join stream s on s.id = c.stream_id join chain_cursor k on k.chain_id = c.chain_id
      where c.chain_id = $1 and k.number >= k.head_number and s.status not in ('failed', 'settled') and not exists (
        select 1 from chain_log l where l.chain_id = c.chain_id and l.subjects @> array[
          case s.rail when 'superfluid' then regexp_replace(c.subject, ':[0-9]+:[0-9]+$', '') else c.subject end])`,
    values: [chainId],
  });
  const lost: string[] = [];
  for (const { subject } of rows) {
    const id = await callLedger("fail_stream", { chainId, subject }, z.string().nullable(), db);
    if (id) lost.push(id);
  }
  return lost;
}
