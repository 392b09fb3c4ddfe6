"use client";
import { useEffect, useState } from "react";
import { useSession } from "./session-provider";
import { rememberedWallet } from "./signer";

/**
 * Whether the wallet that signed in makes one transaction of several calls, asking once; null while that is not known. Loads the wallet's
 * code, so it belongs into what a person opens.
 *
 * @param wanted false: nothing is asked, and the answer is false
 */
export function useBatching(wanted = true): boolean | null {
  const { address, network, demoWallet } = useSession();
  const [answer, setAnswer] = useState<{ of: string; batches: boolean } | null>(null);

  useEffect(() => {
    if (!wanted || !address) return;
    let gone = false;
    const tell = (batches: boolean) => gone || setAnswer({ of: address, batches });
    if (rememberedWallet() === "wallet")
      import("./wallet-signer")
        .then(({ walletSigner }) => walletSigner(network, demoWallet))
        .then((signer) => signer?.batch?.isAtomic() ?? false)
        .then(tell, () => tell(false));
    else tell(false);
    return () => {
      gone = true;
    };
  }, [wanted, address, network, demoWallet]);

  if (!wanted) return false;
  return answer?.of === address ? answer.batches : null;
}
