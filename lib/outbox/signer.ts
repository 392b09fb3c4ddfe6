import "server-only";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { inTransaction } from "@/lib/db/in-transaction";
import { type Lane, laneAddress } from "./lane";

/** Why nothing is signed at the moment: nothing is lost, and it goes on by itself once that has changed. */
export type SignerProblem = "no-coin" | "fees-too-high" | "budget-spent" | "node-silent";

/** The chain's own count of our transactions: in its newest block, and in those that are deep enough to be relied on. */
export type ChainNonces = { latest: number; settled: number };

/** Its first block names a chain: a devnet that was reset has another one. Read once a process. */
const identities = new WeakMap<Lane["client"], string>();

/**
 * Makes sure that the lane's row is there and is about this chain. What was under way on a devnet that was reset can never
 * happen any more and is ended.
 *
 * @throws Error when another chain than before answers, and it is no devnet
 */
export async function ensureSigner(lane: Lane): Promise<void> {
  const { client, db, network } = lane;
  const hash = identities.get(client) ?? (await client.getBlock({ blockNumber: 1n })).hash;
  identities.set(client, hash);
  const where = [network.chainId, laneAddress(lane)];
  const { rows } = await db.query<{ chain_hash: string }>(
    "select chain_hash from chain_signer where chain_id = $1 and address = $2",
    where,
  );
  if (rows[0]?.chain_hash === hash) return;
  if (rows[0] && network.chainId !== DEVNET.chainId)
    throw new Error(`Another chain than before answers for chain ${network.chainId}: nothing is sent to it.`);

  const count = await client.getTransactionCount({ address: lane.account.address, blockTag: "pending" });
  await inTransaction(db, async (tx) => {
    if (rows[0])
      await tx.query(
        `update chain_intent set version = version + 1, nonce = null, state = case when state in ('signed', 'submitted', 'confirmed') then 'failed' else state end,
           error_code = case when state in ('signed', 'submitted', 'confirmed') then 'chain-reset' else error_code end,
           error = case when state in ('signed', 'submitted', 'confirmed') then 'The devnet was reset.' else error end,
           ended_ms = case when state in ('signed', 'submitted', 'confirmed') then clock_ms() else ended_ms end
         where chain_id = $1 and signer = $2 and state <> 'pending'`,
        where,
      );
    await tx.query(
      `insert into chain_signer (chain_id, address, chain_hash, next_nonce) values ($1, $2, $3, $4)
       on conflict (chain_id, address) do update set chain_hash = $3, next_nonce = $4`,
      [...where, hash, count],
    );
  });
}

export async function readChainNonces({ client, account, network }: Lane): Promise<ChainNonces> {
  const { address } = account;
  const head = await client.getBlockNumber({ cacheTime: 0 });
  const deep = head - BigInt(network.confirmations) + 1n;
  const [latest, settled] = await Promise.all([
    client.getTransactionCount({ address, blockTag: "latest" }),
    deep < 0n ? 0 : client.getTransactionCount({ address, blockNumber: deep }),
  ]);
  return { latest, settled };
}

/** Nothing waits any more, so nothing can be held up. */
export async function forgetProblem({ db, network, ...lane }: Lane): Promise<void> {
  await db.query(
    `update chain_signer s set problem = null, problem_since_ms = null
     where s.chain_id = $1 and s.address = $2 and s.problem is not null and not exists (
       select 1 from chain_intent i where i.chain_id = s.chain_id and i.signer = s.address and i.state in ('pending', 'signed', 'submitted'))`,
    [network.chainId, laneAddress(lane)],
  );
}

/** Says why nothing is signed, or that all is well. The time of a problem is when it began. */
export async function noteProblem(lane: Lane, problem: SignerProblem | null): Promise<void> {
  await lane.db.query(
    `update chain_signer set problem = $3::text, problem_since_ms = case when $3::text is null then null when problem = $3::text then problem_since_ms else clock_ms() end
     where chain_id = $1 and address = $2 and problem is distinct from $3::text`,
    [lane.network.chainId, laneAddress(lane), problem],
  );
}
