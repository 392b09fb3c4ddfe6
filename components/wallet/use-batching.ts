"use client";
import { useEffect, useState } from "react";
import { useSession } from "./session-provider";
import { rememberedWallet } from "./signer";

/** A wallet that is locked may leave questions open for ever; nobody should wait for it who can sign otherwise. */
const ANSWERS_WITHIN_MS = 10_000;

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
    // The first answer stays: the dialog has said by then how often the wallet asks.
    const tell = (batches: boolean) =>
      gone || setAnswer((before) => (before?.of === address ? before : { of: address, batches }));
    async function ask(): Promise<boolean> {
      if (rememberedWallet() !== "wallet") return false;
      const { walletSigner } = await import("./wallet-signer");
      setTimeout(tell, ANSWERS_WITHIN_MS, false);
      return (await walletSigner(network, demoWallet))?.batch?.isAtomic() ?? false;
    }
    ask().then(tell, () => tell(false));
    return () => {
      gone = true;
    };
  }, [wanted, address, network, demoWallet]);

  if (!wanted) return false;
  return answer?.of === address ? answer.batches : null;
}
