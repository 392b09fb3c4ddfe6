"use client";
import { useCallback } from "react";
import type { Hex } from "viem";
import type { ChainCall } from "@/lib/rails/chain-call";
import type { CallProgress } from "./send-calls";
import { useSession } from "./session-provider";

type Ended =
  | { phase: "mined"; hash: Hex }
  | { phase: "refused"; problem: { title: string; detail: string; hash?: Hex } };

/**
 * Has the signed-in wallet sign transactions and follows them. What is sent is remembered in this browser until its end was seen, so that
 * a page that goes away in between loses nothing. Never throws.
 */
export function useChainCalls() {
  const { signer, network } = useSession();
  return useCallback(
    async (
      calls: readonly ChainCall[],
      what: string,
      onProgress: (progress: CallProgress) => void,
    ): Promise<Ended> => {
      const [{ CallFailed, sendCalls }, { forgetCall, rememberCall }] = await Promise.all([
        import("./send-calls"),
        import("./pending-calls"),
      ]);
      let open: Hex | null = null;
      const close = () => {
        if (open) forgetCall(open);
        open = null;
      };
      try {
        const wallet = await signer();
        const onSent = (hash: Hex) => {
          close();
          open = hash;
          rememberCall({ hash, chainId: network.chainId, account: wallet.address, what, sentMs: Date.now() });
        };
        const hash = await sendCalls(wallet, network, calls, { onProgress, onSent });
        close();
        return { phase: "mined", hash };
      } catch (error) {
        if (!(error instanceof CallFailed))
          return {
            phase: "refused",
            problem: { title: "Nothing was sent", detail: String((error as Error).message) },
          };
        if (!error.sent?.open) close();
        const { title, message: detail, sent } = error;
        return { phase: "refused", problem: { title, detail, ...(sent ? { hash: sent.hash } : {}) } };
      }
    },
    [signer, network],
  );
}
