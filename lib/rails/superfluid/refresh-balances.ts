import "server-only";
import type pg from "pg";
import type { ChainClient } from "@/lib/chain/public-client";
import { inTransaction } from "@/lib/db/in-transaction";
import type { FlowName } from "./mirror-flow";
import { readBalances } from "./read-balances";
import { projectFlow } from "./superfluid-projection";

/**
 * Looks at the balance of everybody whose flow feeds a stream of ours, and moves the moment at which those run dry. A sender may wrap,
 * unwrap and transfer, and join pools, without any event of the flow: what they have left is known by looking alone.
 *
 * @returns how many flows were looked at
 */
export async function refreshBalances(
  db: Pick<pg.Pool, "query" | "connect">,
  chainId: number,
  client: ChainClient,
): Promise<number> {
  const { rows } = await db.query<Omit<FlowName, "chainId">>({
    text: `select distinct a.address as token, s.sender, s.receiver from chain_stream c join stream s on s.id = c.stream_id
      join asset a on a.id = s.asset where c.chain_id = $1 and s.rail = 'superfluid' and s.status in ('active', 'exhausted')`,
    values: [chainId],
  });
  if (rows.length === 0) return 0;
  const balances = await readBalances(
    client,
    rows.map(({ token, sender }) => ({ token, account: sender })),
  );
  return inTransaction(db, async (tx) => {
    // Its row is the lock of whoever writes what a chain says.
    const { rows: cursors } = await tx.query<
      Record<"number" | "hash" | "at_ms" | "confirmed_number", string>
    >("select number, hash, at_ms, confirmed_number from chain_cursor where chain_id = $1 for update", [
      chainId,
    ]);
    const [at] = cursors;
    if (!at) return 0;
    const block = { number: BigInt(at.number), hash: at.hash, atMs: BigInt(at.at_ms) };
    const of = { balances, confirmedTo: BigInt(at.confirmed_number), block, whole: false };
    for (const flow of rows) await projectFlow(tx, { chainId, ...flow }, of);
    return rows.length;
  });
}
