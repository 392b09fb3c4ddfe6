import type { Config } from "wagmi";
import { getConnection, switchChain, watchConnection } from "wagmi/actions";
import { decodeError } from "@/lib/chain/decode-error";
import { findNetwork } from "@/lib/chain/networks";
import { reconnectWallet } from "./reconnect-wallet";

/** Where a connected wallet is. */
export type WalletChain = { chainId: number; name: string };

/** @returns null when no wallet is connected, also not after asking the one from before a reload */
export async function walletChain(config: Config): Promise<WalletChain | null> {
  await reconnectWallet(config);
  const { connector } = getConnection(config);
  // Asked itself: a wallet may have switched while nobody listened.
  return connector ? nameChain(await connector.getChainId()) : null;
}

/** @returns what ends it */
export function watchWalletChain(config: Config, onChange: (chain: WalletChain | null) => void): () => void {
  return watchConnection(config, {
    onChange: ({ status, chainId }) =>
      onChange(status === "connected" && chainId !== undefined ? nameChain(chainId) : null),
  });
}

/**
 * Asks the wallet to go to the configured chain, and one that does not know it to add it (EIP-3326, EIP-3085).
 *
 * @returns null when it is there now, else a sentence for the person
 */
export async function switchWallet(config: Config): Promise<string | null> {
  const [chain] = config.chains;
  try {
    await switchChain(config, { chainId: chain.id });
    return null;
  } catch (error) {
    const { kind } = decodeError(error);
    if (kind === "rejected") return "You refused it in the wallet, so it stayed where it was.";
    return `The wallet did not switch. Choose ${chain.name} (chain ${chain.id}) in it by hand.`;
  }
}

function nameChain(chainId: number): WalletChain {
  return { chainId, name: findNetwork(chainId)?.name ?? `chain ${chainId}` };
}
