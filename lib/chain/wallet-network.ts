import { DEVNET } from "./devnet-addresses";
import type { WalletNetwork } from "./network";
import { findNetwork } from "./networks";

type Settings = {
  CHAIN_ID: number;
  RPC_URL?: string | undefined;
  PUBLIC_RPC_URL?: string | undefined;
  CONFIRMATIONS?: number | undefined;
};

/**
 * What the server tells browsers of its chain, at each request: no rebuild when a setting changes. RPC_URL stays on the server,
 * for it may hold a key, but for the devnet's, which holds none and has no other.
 */
export function walletNetwork(settings: Settings): WalletNetwork {
  const { CHAIN_ID: chainId, RPC_URL, PUBLIC_RPC_URL, CONFIRMATIONS } = settings;
  const known = findNetwork(chainId);
  const own = chainId === DEVNET.chainId ? RPC_URL : undefined;
  const rpcUrl = PUBLIC_RPC_URL ?? own ?? known?.publicRpcUrl ?? null;
  if (!known) return { ...unknownNetwork(chainId), rpcUrl };
  const { name, testnet, coin, explorer, blockMs, confirmations } = known;
  return {
    chainId,
    name,
    testnet,
    coin,
    explorer,
    blockMs,
    confirmations: CONFIRMATIONS ?? confirmations,
    rpcUrl,
  };
}

/** A chain that is none of ours can still be signed for. */
function unknownNetwork(chainId: number): Omit<WalletNetwork, "rpcUrl"> {
  return {
    chainId,
    name: `Chain ${chainId}`,
    testnet: false,
    coin: { name: "Ether", symbol: "ETH", decimals: 18 },
    explorer: null,
    blockMs: 12_000,
    confirmations: 12,
  };
}
