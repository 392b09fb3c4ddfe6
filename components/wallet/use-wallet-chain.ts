"use client";
import { useCallback, useEffect, useState } from "react";
import { useSession } from "./session-provider";
import { rememberedWallet } from "./signer";
import type { WalletChain } from "./wallet-chain";

type State = {
  /** `unknown` until a wallet has answered; the demo wallet is always `right`. */
  state: "unknown" | "right" | "wrong";
  /** Null while unknown. */
  chain: WalletChain | null;
};

/**
 * Whether the wallet that signed in is on the site's chain, as it changes. Loads the wallet's code, so it belongs into what
 * a person opens, not into a page.
 */
export function useWalletChain(): State & { switchWallet: () => Promise<string | null> } {
  const { address, network, demoWallet } = useSession();
  const [chain, setChain] = useState<WalletChain | null>(null);
  const [demo, setDemo] = useState(false);

  const load = useCallback(async () => {
    const [wallet, { rainbowConfig }] = await Promise.all([
      import("./wallet-chain"),
      import("./rainbow-config"),
    ]);
    return { ...wallet, config: rainbowConfig(network, demoWallet) };
  }, [network, demoWallet]);

  useEffect(() => {
    if (!address) return;
    if (rememberedWallet() !== "wallet") return setDemo(demoWallet);
    let stop = () => {};
    let gone = false;
    void load().then(async ({ config, walletChain, watchWalletChain }) => {
      if (gone) return;
      stop = watchWalletChain(config, setChain);
      setChain(await walletChain(config));
    });
    return () => {
      gone = true;
      stop();
    };
  }, [address, demoWallet, load]);

  const switchWallet = useCallback(async () => {
    const { config, switchWallet: ask, walletChain } = await load();
    const refusal = await ask(config);
    setChain(await walletChain(config));
    return refusal;
  }, [load]);

  if (demo) return { state: "right", chain: { chainId: network.chainId, name: network.name }, switchWallet };
  if (!chain) return { state: "unknown", chain, switchWallet };
  return { state: chain.chainId === network.chainId ? "right" : "wrong", chain, switchWallet };
}
