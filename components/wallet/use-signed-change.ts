"use client";
import { useState } from "react";
import type { MoneyState } from "@/components/stream/use-money-action";
import type { ActionResult } from "@/lib/http/action";
import type { SignedAllowance, ToSign } from "@/lib/rails/allowance";
import { NotPlanned } from "./signing-plan";
import { useChainCalls } from "./use-chain-calls";

/** Says what to sign for a change, by the figures of this moment. */
export type PlanChange = (input: unknown) => Promise<ActionResult<ToSign>>;

/**
 * One change that the chain alone can make: planned by the server, signed by the wallet, confirmed by the chain.
 *
 * @param what for a transaction that outlives the page: "Wrap USDC"
 * @param together the wallet makes one transaction of several calls
 */
export function useSignedChange(plan: PlanChange, what: string, together = false) {
  const signAll = useChainCalls();
  const [state, setState] = useState<MoneyState<never>>({ phase: "asking" });

  async function ask(change: object): Promise<ToSign> {
    const result = await plan(change).catch(() => null);
    if (!result)
      throw new NotPlanned({
        title: "No answer came back",
        detail: "Nothing was sent and nothing moved. Try again.",
      });
    if (!result.ok) throw new NotPlanned(result.problem);
    return result.value;
  }

  async function submit(change: object): Promise<void> {
    setState({ phase: "sent" });
    try {
      const { calls, allowance } = await ask(change);
      const use = async (signed: SignedAllowance) => (await ask({ ...change, signed })).calls;
      const signing = { calls, together, allowance: allowance && { ...allowance, use } };
      setState(await signAll(signing, what, setState));
    } catch (error) {
      if (!(error instanceof NotPlanned)) throw error;
      setState({ phase: "refused", problem: error.problem });
    }
  }

  return { state, submit };
}
