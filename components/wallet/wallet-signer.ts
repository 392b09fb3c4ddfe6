import { getConnection, reconnect, signMessage, signTypedData } from "wagmi/actions";
import type { WalletNetwork } from "@/lib/chain/network";
import { rainbowConfig } from "./rainbow-config";
import type { Signer } from "./signer";

/** The wallet that RainbowKit connected, also after a reload; null when there is none to ask. */
export async function walletSigner(network: WalletNetwork, demoWallet: boolean): Promise<Signer | null> {
  const config = rainbowConfig(network, demoWallet);
  if (getConnection(config).status !== "connected") await reconnect(config);
  const { address, status } = getConnection(config);
  if (status !== "connected" || !address) return null;
  return {
    address,
    signMessage: (message) => signMessage(config, { message }),
    signTypedData: (data) => signTypedData(config, data),
  };
}
