"use client";
import { useState } from "react";
import type { MoneyState } from "@/components/stream/use-money-action";
import type { ActionResult } from "@/lib/http/action";
import type { ChainCall } from "@/lib/rails/chain-call";
import { useChainCalls } from "./use-chain-calls";

/** Says what to sign for a change, by the figures of this moment. */
export type PlanChange = (input: unknown) => Promise<ActionResult<ChainCall[]>>;

/**
 * One change that the chain alone can make: planned by the server, signed by the wallet, confirmed by the chain.
 *
 * @param what for a transaction that outlives the page: "Wrap USDC"
 */
export function useSignedChange(plan: PlanChange, what: string) {
  const signAll = useChainCalls();
  const [state, setState] = useState<MoneyState<never>>({ phase: "asking" });

  async function submit(change: object): Promise<void> {
    setState({ phase: "sent" });
    const result = await plan(change).catch(() => null);
    if (!result)
      return setState({
        phase: "refused",
        problem: { title: "No answer came back", detail: "Nothing was signed and nothing moved. Try again." },
      });
    if (!result.ok) return setState({ phase: "refused", problem: result.problem });
    setState(await signAll(result.value, what, setState));
  }

  return { state, submit };
}
