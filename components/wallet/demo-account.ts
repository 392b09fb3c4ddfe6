import { isHex, type PrivateKeyAccount } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import type { WalletNetwork } from "@/lib/chain/network";
import type { Signer } from "./signer";

const storageKey = "superstream.demo-wallet.key";

/** The account of the demo wallet. Its key is made here, stays in this browser, and is for play money only. */
export function demoAccount(): PrivateKeyAccount {
  const stored = localStorage.getItem(storageKey);
  if (stored && isHex(stored) && stored.length === 66) return privateKeyToAccount(stored);
  const key = generatePrivateKey();
  localStorage.setItem(storageKey, key);
  return privateKeyToAccount(key);
}

export function demoSigner(network: WalletNetwork): Signer {
  const account = demoAccount();
  return {
    address: account.address,
    signMessage: (message) => account.signMessage({ message }),
    signTypedData: (data) => account.signTypedData(data),
    async send(call) {
      const { sendFromDemoAccount } = await import("./send-from-demo-account");
      return sendFromDemoAccount(network, account, call);
    },
    batch: null,
  };
}
