import "server-only";
import { type Address, erc20Abi } from "viem";
import type { ChainClient } from "@/lib/chain/public-client";
import type { Queryable } from "@/lib/db/pool";
import { findOperatorAccount } from "@/lib/outbox/operator-account";

/** Base units of the asset, at a block. */
export type Backing = { asset: string; held: bigint; owed: bigint; block: bigint };

/**
 * Compares what the server's account holds on the chain with what backs credit: what single payments brought, less what was withdrawn or is on its
 * way. Charges are read before the chain, and withdrawals after it: a charge that the books have is in a block by then, and a withdrawal that a
 * block has is in the books. So what is owed is never too much, and too little only by what began in between.
 *
 * @param holder the account; default: this process's. Nothing is checked without one
 */
export async function checkBacking(
  db: Queryable,
  client: ChainClient,
  chainId: number,
  holder: Address | undefined = findOperatorAccount()?.address,
): Promise<Backing[]> {
  if (!holder) return [];
  const { rows } = await db.query<{ asset: string; address: Address; charged: string }>({
    text: "select b.asset, a.address, b.charged from chain_backing b join asset a on a.id = b.asset where a.chain_id = $1",
    values: [chainId],
  });
  if (rows.length === 0) return [];
  const block = await client.getBlockNumber({ cacheTime: 0 });
  return Promise.all(
    rows.map(async ({ asset, address, charged }) => {
      const held = await client.readContract({
        ...{ address, abi: erc20Abi, functionName: "balanceOf", args: [holder], blockNumber: block },
      });
      const { rows: written } = await db.query<{ owed: string }>({
        text: `insert into chain_backing_check (asset, block_number, checked_ms, held, owed)
          select asset, $2, clock_ms(), $3, greatest(0, $4::numeric - withdrawn) from chain_backing where asset = $1
          on conflict (asset) do update set block_number = excluded.block_number, checked_ms = excluded.checked_ms,
            held = excluded.held, owed = excluded.owed
          returning owed`,
        values: [asset, block, held, charged],
      });
      return { asset, held, owed: BigInt(written[0]?.owed ?? 0), block };
    }),
  );
}
