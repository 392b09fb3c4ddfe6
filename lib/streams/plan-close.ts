import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import type { ChainCall } from "@/lib/rails/chain-call";
import type { Rail } from "@/lib/rails/rail";
import { railFor } from "@/lib/rails/rail-for";

/**
 * What a party signs to close many of its streams: one transaction for each rail, all of its streams or none. Those of the ledger need
 * no signature, so there is none for them.
 *
 * @throws ProblemError `stream-not-found` when one of them is none of the actor's, `not-available-here` when its chain is not here
 */
export async function planClose(
  { actor, streamIds }: { actor: string; streamIds: readonly string[] },
  { db = pool(), rail = railFor }: { db?: Queryable; rail?: (id: string) => Rail } = {},
): Promise<ChainCall[]> {
  const ids = [...new Set(streamIds)];
  const { rows } = await db.query<{ rail: string; ids: string[] }>({
    text: `select rail, array_agg(id order by id) as ids from stream where id = any($1) and $2 in (sender, receiver)
      group by rail order by rail`,
    values: [ids, actor.toLowerCase()],
  });
  if (rows.reduce((count, row) => count + row.ids.length, 0) !== ids.length)
    throw new ProblemError("stream-not-found", "One of these is no stream of yours.");
  const calls = await Promise.all(
    rows.map(({ rail: id, ids: streams }) => rail(id).closeAll({ streamIds: streams, actor })),
  );
  return calls.flat();
}
