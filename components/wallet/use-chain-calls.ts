"use client";
import { useCallback } from "react";
import type { Hex } from "viem";
import type { WalletNetwork } from "@/lib/chain/network";
import type { ChainCall } from "@/lib/rails/chain-call";
import type { CallProgress, SentCalls } from "./send-calls";
import { useSession } from "./session-provider";
import type { Signer, TypedData } from "./signer";
import { NotPlanned, SAYS_ALLOWANCE, type SigningPlan } from "./signing-plan";

type Ended =
  | { phase: "mined"; hash: Hex }
  | { phase: "refused"; problem: { title: string; detail: string } & Record<string, unknown> };

type OnProgress = (progress: CallProgress) => void;

/**
 * Has the signed-in wallet sign what a plan says, with as few prompts as it can, and follows what is sent. That is remembered in this
 * browser until its end was seen, so that a page that goes away in between loses nothing. Never throws.
 */
export function useChainCalls() {
  const { signer, network } = useSession();
  return useCallback(
    async (plan: SigningPlan, what: string, onProgress: OnProgress): Promise<Ended> => {
      const [{ CallFailed, sendCalls, sendTogether }, { forgetCall, rememberCall }] = await Promise.all([
        import("./send-calls"),
        import("./pending-calls"),
      ]);
      let open: string | null = null;
      const close = () => {
        if (open) forgetCall(open);
        open = null;
      };
      try {
        const wallet = await signer();
        const onSent = ({ via, id }: SentCalls) => {
          close();
          open = id;
          const of = { chainId: network.chainId, account: wallet.address, what, sentMs: Date.now() };
          rememberCall({ via, id, ...of });
        };
        const reports = { onProgress, onSent };
        const together = plan.together && plan.calls.length > 1 ? wallet.batch : null;
        let hash: Hex;
        if (together) hash = await sendTogether(together, network, plan.calls, reports);
        else {
          const calls = await signAllowance(wallet, network, plan, onProgress);
          hash = await sendCalls(wallet, network, calls, reports, plan.allowance ? 1 : 0);
        }
        close();
        return { phase: "mined", hash };
      } catch (error) {
        if (error instanceof NotPlanned) return { phase: "refused", problem: error.problem };
        if (!(error instanceof CallFailed))
          return {
            phase: "refused",
            problem: { title: "Nothing was sent", detail: String((error as Error).message) },
          };
        if (!error.sent?.open) close();
        const { title, message: detail, sent } = error;
        return { phase: "refused", problem: { title, detail, ...(sent?.hash ? { hash: sent.hash } : {}) } };
      }
    },
    [signer, network],
  );
}

/** @returns the transactions of the plan; with an allowance that is signed first, those that use it */
async function signAllowance(
  wallet: Signer,
  { coin, name }: WalletNetwork,
  { calls, allowance }: SigningPlan,
  onProgress: OnProgress,
): Promise<readonly ChainCall[]> {
  if (!allowance) return calls;
  const { typedData, deadline, salt, use } = allowance;
  onProgress({ phase: "wallet", says: SAYS_ALLOWANCE, step: 1, of: 2 });
  const data: TypedData = { ...typedData, message: { ...typedData.message } };
  const signature = await wallet.signTypedData(data).catch(async (error: unknown) => {
    const [{ CallFailed }, { decodeError }] = await Promise.all([
      import("./send-calls"),
      import("@/lib/chain/decode-error"),
    ]);
    throw new CallFailed("Nothing was sent", decodeError(error, { coin: coin.symbol, chain: name }).sentence);
  });
  return use({ deadline, salt, signature });
}
