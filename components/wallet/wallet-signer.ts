import { estimateGas, getConnection, sendTransaction, signMessage, signTypedData } from "wagmi/actions";
import { gasLimit } from "@/lib/chain/gas";
import type { WalletNetwork } from "@/lib/chain/network";
import { rainbowConfig } from "./rainbow-config";
import { reconnectWallet } from "./reconnect-wallet";
import type { Signer } from "./signer";
import { walletBatcher } from "./wallet-batcher";

/** The wallet that RainbowKit connected, also after a reload; null when there is none to ask. */
export async function walletSigner(network: WalletNetwork, demoWallet: boolean): Promise<Signer | null> {
  const config = rainbowConfig(network, demoWallet);
  await reconnectWallet(config);
  const { address, status } = getConnection(config);
  if (status !== "connected" || !address) return null;
  return {
    address,
    signMessage: (message) => signMessage(config, { message }),
    signTypedData: (data) => signTypedData(config, data),
    async send({ to, data, value }) {
      const call = { account: address, to, data, value, chainId: network.chainId };
      return sendTransaction(config, { ...call, gas: gasLimit(await estimateGas(config, call)) });
    },
    batch: walletBatcher(config, address, network.chainId),
  };
}
