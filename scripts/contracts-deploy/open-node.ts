import { BaseError, createPublicClient, http } from "viem";
import type { Network } from "@/lib/chain/network";
import type { ChainClient } from "@/lib/chain/public-client";
import { viemChain } from "@/lib/chain/viem-chain";
import { Refusal } from "../report.mjs";

/** The node to deploy through. Its address may hold a key, so no message repeats it. @throws Refusal on another chain */
export async function openNode(network: Network, rpcUrl: string): Promise<ChainClient> {
  const client = createPublicClient({
    chain: viemChain(network, rpcUrl),
    transport: http(rpcUrl, { timeout: 20_000, retryCount: 3, retryDelay: 300 }),
    cacheTime: 0,
  });
  const chainId = await client.getChainId().catch(() => null);
  if (chainId === null) throw new Refusal("The node at RPC_URL does not answer.");
  if (chainId !== network.chainId)
    throw new Refusal(
      `The node at RPC_URL is on chain ${chainId}, but ${network.name} is ${network.chainId}. Nothing was sent.`,
    );
  return client;
}

/** What a node said, without the address and the call that viem would repeat. */
export function nodeSays(error: unknown): string {
  if (!(error instanceof BaseError)) return error instanceof Error ? error.message : String(error);
  return error.details || error.shortMessage;
}
