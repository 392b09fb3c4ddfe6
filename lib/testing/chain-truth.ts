import { createPublicClient, getAbiItem, http, type PublicClient } from "viem";
import { foundry } from "viem/chains";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import { cfaAbi, superTokenAbi } from "@/contracts-abi/superfluid";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import type { Queryable } from "@/lib/db/pool";
import { streamPaySubject } from "@/lib/indexer/sources/stream-pay-source";
import { flowSubject } from "@/lib/indexer/sources/superfluid-sources";

export function honestClient(url: string): PublicClient {
  return createPublicClient({ chain: foundry, transport: http(url, { retryCount: 1 }), cacheTime: 0 });
}

/** What the chain itself says happened, from its first block on, decoded by viem and not by us. One line an event. */
export async function eventsOfChain(client: PublicClient): Promise<string[]> {
  const event = (name: "FlowUpdated" | "FlowUpdatedExtension") => getAbiItem({ abi: cfaAbi, name });
  const range = { fromBlock: BigInt(DEVNET.startBlock), toBlock: "latest", strict: true } as const;
  const found = [
    ...(await client.getContractEvents({ abi: streamPayAbi, address: DEVNET.streamPay, ...range })),
    ...(await client.getLogs({
      address: DEVNET.cfa,
      events: [event("FlowUpdated"), event("FlowUpdatedExtension")],
      ...range,
    })),
    ...(await client.getContractEvents({
      ...{ abi: superTokenAbi, address: DEVNET.usdc, eventName: "Transfer", ...range },
      args: { to: DEVNET.streamPay },
    })),
    ...(await client.getContractEvents({
      ...{ abi: superTokenAbi, address: DEVNET.usdc, eventName: "Transfer", ...range },
      args: { from: DEVNET.streamPay },
    })),
  ];
  return found
    .filter(({ eventName }) => !["OwnershipTransferred"].includes(eventName))
    .sort((a, b) => Number(a.blockNumber - b.blockNumber) || a.logIndex - b.logIndex)
    .map((log) =>
      line({
        ...{ number: log.blockNumber, index: log.logIndex, hash: log.blockHash, tx: log.transactionHash },
        ...{ address: log.address, event: log.eventName, args: { ...log.args } },
      }),
    );
}

/** The same lines from the index. */
export async function eventsOfIndex(db: Queryable): Promise<string[]> {
  const { rows } = await db.query("select * from chain_log order by block_number, log_index");
  return rows.map((row) =>
    line({
      ...{ number: BigInt(row.block_number), index: row.log_index, hash: row.block_hash, tx: row.tx_hash },
      ...{ address: row.address, event: row.event, args: row.args },
    }),
  );
}

type Line = {
  number: bigint;
  index: number;
  hash: string;
  tx: string;
  address: string;
  event: string;
  args: Record<string, unknown>;
};

function line({ number, index, hash, tx, address, event, args }: Line): string {
  const named = Object.keys(args)
    .sort()
    .map((name) => `${name}=${String(args[name]).toLowerCase()}`);
  return [number, index, hash.slice(0, 12), tx.slice(0, 12), address.toLowerCase(), event, ...named].join(
    " ",
  );
}

/** What the contracts answer for each stream and each pair of accounts, by subject: streams without a flow are left out. */
export async function stateOfChain(client: PublicClient, accounts: readonly `0x${string}`[]) {
  const state: Record<string, unknown> = {};
  const pay = { abi: streamPayAbi, address: DEVNET.streamPay } as const;
  const { streams } = await client.readContract({ ...pay, functionName: "protocolStats" });
  for (let id = 1n; id <= streams; id += 1n) {
    const { deposit, withdrawn, open } = await client.readContract({
      ...{ ...pay, functionName: "streamInfo" },
      args: [id],
    });
    state[streamPaySubject(DEVNET.streamPay, id)] = {
      deposit: `${deposit}`,
      withdrawn: `${withdrawn}`,
      open,
    };
  }
  for (const sender of accounts)
    for (const receiver of accounts) {
      const [, rate, deposit] = await client.readContract({
        ...{ abi: cfaAbi, address: DEVNET.cfa, functionName: "getFlow" },
        args: [DEVNET.usdcx, sender, receiver],
      });
      const subject = flowSubject({ token: DEVNET.usdcx, sender, receiver });
      if (rate !== 0n) state[subject] = { rate: `${rate}`, deposit: `${deposit}` };
    }
  return state;
}

export async function stateOfIndex(db: Queryable) {
  const { rows } = await db.query<{ subject: string; state: unknown }>(
    "select subject, state from test_fold",
  );
  return Object.fromEntries(rows.map(({ subject, state }) => [subject, state]));
}
