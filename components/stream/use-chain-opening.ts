"use client";
import { useState } from "react";
import type { Hex } from "viem";
import { useSession } from "@/components/wallet/session-provider";
import { useChainCalls } from "@/components/wallet/use-chain-calls";
import type { ChainCall } from "@/lib/rails/chain-call";
import type { StreamPlan } from "@/lib/streams/plan-stream";
import type { ChainPlanInput, PlanOpening } from "./chain-plan";
import { findOpenedStream } from "./find-opened-stream";
import type { MoneyState } from "./use-money-action";

/** The id of the stream that was opened. */
export type OpenedStream = { id: string };

type Refused = Extract<MoneyState<never>, { phase: "refused" }>;

/**
 * Opens a stream on the chain: the wallet signs what the plan says, the chain takes it, and the market reads it. A permit of the
 * token, where it has one, makes one transaction of two.
 */
export function useChainOpening(ask: PlanOpening, what: string) {
  const { signer } = useSession();
  const sign = useChainCalls();
  const [state, setState] = useState<MoneyState<OpenedStream>>({ phase: "asking" });

  async function submit(terms: Omit<ChainPlanInput, "permit">, plan: StreamPlan): Promise<void> {
    const signed = await callsOf(terms, plan);
    if ("phase" in signed) return setState(signed);
    const ended = await sign(signed.calls, what, setState);
    if (ended.phase !== "mined") return setState(ended);
    setState({ phase: "reading", hash: ended.hash });
    const id = await findOpenedStream({ ...terms, hash: ended.hash });
    setState(id === null ? ended : { phase: "confirmed", value: { id } });
  }

  /** The transactions of the plan; with a permit, those of the plan that it makes. */
  async function callsOf(
    terms: Omit<ChainPlanInput, "permit">,
    { permit, calls }: StreamPlan,
  ): Promise<{ calls: readonly ChainCall[] } | Refused> {
    if (!permit) return { calls: signable(calls) };
    setState({ phase: "wallet", says: SAYS_PERMIT, step: 1, of: 2 });
    const { value, deadline } = permit.message;
    const wallet = await signer().catch((error: unknown) => nothingSent(String((error as Error).message)));
    if ("phase" in wallet) return wallet;
    const signature = await wallet
      .signTypedData({ ...permit, message: { ...permit.message } })
      .catch(async (error: unknown) => nothingSent(await sentenceOf(error)));
    if (typeof signature !== "string") return signature;
    const result = await ask({
      ...terms,
      permit: { value, deadline, signature },
    } satisfies ChainPlanInput).catch(() => null);
    if (!result)
      return nothingSent("The server did not answer. What you signed is used by nobody: try again.");
    if (!result.ok) return { phase: "refused", problem: result.problem };
    return { calls: signable(result.value.calls) };
  }

  return { state, submit };
}

const SAYS_PERMIT =
  "Allow exactly this amount, by a signature that costs nothing. The transaction that uses it comes next.";

/** `data` is hex: the server encodes it. */
function signable(calls: StreamPlan["calls"]): ChainCall[] {
  return calls.map(({ data, ...call }) => ({ ...call, data: data as Hex }));
}

function nothingSent(detail: string): Refused {
  return { phase: "refused", problem: { title: "Nothing was sent", detail } };
}

async function sentenceOf(error: unknown): Promise<string> {
  const { decodeError } = await import("@/lib/chain/decode-error");
  return decodeError(error).sentence;
}
