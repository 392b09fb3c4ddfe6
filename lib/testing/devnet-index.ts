import { createPublicClient, http } from "viem";
import { foundry } from "viem/chains";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import { chainReader } from "@/lib/indexer/chain-reader";
import { type IndexStep, indexOnce } from "@/lib/indexer/index-once";
import { type ChainIndex, type IndexedNetwork, openIndex } from "@/lib/indexer/open-index";
import type { Projection } from "@/lib/indexer/projection";
import { streamPaySource } from "@/lib/indexer/sources/stream-pay-source";
import { flowDepositSource, flowSource, transferSources } from "@/lib/indexer/sources/superfluid-sources";

/** What `eventsOfChain` (lib/testing/chain-truth) looks at. */
export const devnetSources = [
  streamPaySource(DEVNET.streamPay),
  flowSource(DEVNET.cfa, [DEVNET.usdcx]),
  flowDepositSource(DEVNET.cfa),
  ...transferSources([DEVNET.usdc], [DEVNET.streamPay]),
];

/** A node as the index asks it, which must answer within 250 ms. */
export function testReader(url: string, timeout = 250) {
  return chainReader(
    createPublicClient({ chain: foundry, transport: http(url, { timeout, retryCount: 0 }) }),
  );
}

/** An index of a devnet. @param options.network what differs from a devnet that confirms after three blocks */
export function devnetIndex(options: {
  urls: readonly string[];
  db: ChainIndex["db"];
  projections?: readonly Projection[];
  network?: Partial<IndexedNetwork>;
  timeoutMs?: number;
}): ChainIndex {
  const { urls, db, projections = [], timeoutMs = 10_000 } = options;
  return openIndex({
    network: {
      ...{ chainId: DEVNET.chainId, blockMs: 2_000, confirmations: 3, logsQueryRange: 40 },
      startBlock: DEVNET.startBlock,
      ...options.network,
    },
    readers: urls.map((url) => testReader(url, timeoutMs)),
    sources: devnetSources,
    projections,
    db,
  });
}

/** Steps until the index has all of the chain. @throws Error when it does not get there */
export async function untilCurrent(index: ChainIndex, steps = 100): Promise<IndexStep> {
  let last: IndexStep | undefined;
  for (let step = 0; step < steps; step += 1) {
    last = await indexOnce(index);
    if (last.state === "current") return last;
  }
  throw new Error(`The index does not get to the head: ${JSON.stringify(last)}`);
}
