import { type Chain, defineChain } from "viem";
import type { Network } from "./network";

/**
 * The network as viem, wagmi and wallets want it. Browsers use it too, so it holds no address of ours that has a key in it:
 * `rpcUrl` is one that everybody may see.
 */
export function viemChain(
  network: Pick<Network, "chainId" | "name" | "coin" | "testnet" | "explorer">,
  rpcUrl: string,
): Chain {
  const { chainId, name, coin, testnet, explorer } = network;
  return defineChain({
    id: chainId,
    name,
    nativeCurrency: coin,
    testnet,
    rpcUrls: { default: { http: [rpcUrl] } },
    ...(explorer ? { blockExplorers: { default: { name: new URL(explorer).hostname, url: explorer } } } : {}),
  });
}
