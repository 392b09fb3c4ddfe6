import "server-only";
import { createPublicClient, http } from "viem";
import type { Network } from "@/lib/chain/network";
import { viemChain } from "@/lib/chain/viem-chain";
import { ChainFault, NO_ANSWER_IN_TIME } from "./chain-fault";
import { type ChainReader, chainReader } from "./chain-reader";

const TIMEOUT_MS = 5_000;
/** A node that did not answer is not asked for this long: waiting for it again and again would make the index late. */
const REST_MS = 10_000;

/** Reads one node by its address, once it has said that it is on the right chain. No retries: the next step is one. */
export function nodeReader(network: Network, url: string): ChainReader {
  const client = createPublicClient({
    chain: viemChain(network, url),
    transport: http(url, { timeout: TIMEOUT_MS, retryCount: 0 }),
  });
  const reader = chainReader(client);
  let checked = false;
  let restsUntilMs = 0;

  async function asked<T>(question: () => Promise<T>, about?: "logs"): Promise<T> {
    if (performance.now() < restsUntilMs) throw new ChainFault("silent", "it was silent before");
    try {
      if (!checked && (await reader.chainId()) !== network.chainId) throw new ChainFault("wrong-chain");
      checked = true;
      return await question();
    } catch (error) {
      // Events that come too late may have been too many: fewer are asked for next.
      const silent = error instanceof ChainFault && error.reason === "silent";
      if (silent && !(about === "logs" && error.detail === NO_ANSWER_IN_TIME))
        restsUntilMs = performance.now() + REST_MS;
      throw error;
    }
  }

  return {
    chainId: () => asked(() => reader.chainId()),
    head: () => asked(() => reader.head()),
    block: (number) => asked(() => reader.block(number)),
    logs: (filter, at) => asked(() => reader.logs(filter, at), "logs"),
  };
}
