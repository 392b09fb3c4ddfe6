"use client";
import { useState } from "react";
import type { Hex } from "viem";
import { useSession } from "@/components/wallet/session-provider";
import type { TypedData } from "@/components/wallet/signer";
import { useChainCalls } from "@/components/wallet/use-chain-calls";
import type { ChainCall } from "@/lib/rails/chain-call";
import type { StreamPlan } from "@/lib/streams/plan-stream";
import type { ChainPlanInput, OnChain } from "./chain-plan";
import { findOpenedStream } from "./find-opened-stream";
import { openByRelay } from "./open-by-relay";
import type { MoneyState } from "./use-money-action";

/** The id of the stream that was opened. */
export type OpenedStream = { id: string };

type Refused = Extract<MoneyState<never>, { phase: "refused" }>;

/**
 * Opens a stream on the chain: the wallet signs what the plan says, the chain takes it, and the market reads it. A permit of the
 * token, where it has one, makes one transaction of two.
 */
export function useChainOpening({ plan: ask, relays }: OnChain, what: string) {
  const { signer, network } = useSession();
  const sign = useChainCalls();
  const [state, setState] = useState<MoneyState<OpenedStream>>({ phase: "asking" });

  async function submit(terms: Omit<ChainPlanInput, "permit">, plan: StreamPlan): Promise<void> {
    if (isRelayed(plan, relays)) return setState(await relay(terms, plan));
    const signed = await callsOf(terms, plan);
    if ("phase" in signed) return setState(signed);
    const ended = await sign(signed.calls, what, setState);
    if (ended.phase !== "mined") return setState(ended);
    setState({ phase: "reading", hash: ended.hash });
    const id = await findOpenedStream({ ...terms, hash: ended.hash });
    setState(id === null ? ended : { phase: "confirmed", value: { id } });
  }

  /** One signature, and the market sends it. */
  async function relay(
    terms: Omit<ChainPlanInput, "permit">,
    { deposit, authorization }: StreamPlan,
  ): Promise<MoneyState<OpenedStream>> {
    if (!authorization) throw new Error("There is nothing to relay.");
    setState({ phase: "wallet", says: SAYS_RELAY, step: 1, of: 1 });
    const { typedData } = authorization;
    const signature = await signed({ ...typedData, message: { ...typedData.message } });
    if (typeof signature !== "string") return signature;
    setState({ phase: "sent" });
    let last: Hex | null = null;
    for await (const step of openByRelay(terms, { deposit, authorization, signature })) {
      if (step.phase === "refused") return nothingSent(step.detail);
      if (step.phase === "active") return { phase: "confirmed", value: { id: step.streamId } };
      last = step.hash;
      if (!last) continue;
      if (step.phase === "mined") setState({ phase: "reading", hash: last });
      else
        setState({
          ...{ phase: "mining", hash: last, step: 1, of: 1 },
          ...{ confirmations: 0, needed: network.confirmations },
        });
    }
    return last ? { phase: "mined", hash: last } : nothingSent(STILL_WAITING);
  }

  async function signed(data: TypedData): Promise<Hex | Refused> {
    const wallet = await signer().catch((error: unknown) => nothingSent(String((error as Error).message)));
    if ("phase" in wallet) return wallet;
    return wallet.signTypedData(data).catch(async (error: unknown) => nothingSent(await sentenceOf(error)));
  }

  /** The transactions of the plan; with a permit, those of the plan that it makes. */
  async function callsOf(
    terms: Omit<ChainPlanInput, "permit">,
    { permit, calls }: StreamPlan,
  ): Promise<{ calls: readonly ChainCall[] } | Refused> {
    if (!permit) return { calls: signable(calls) };
    setState({ phase: "wallet", says: SAYS_PERMIT, step: 1, of: 2 });
    const { value, deadline } = permit.message;
    const signature = await signed({ ...permit, message: { ...permit.message } });
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

/** Whether one signature is all: the plan can be sent by somebody else, and the market does. */
export function isRelayed(plan: StreamPlan, relays: boolean): boolean {
  return relays && plan.authorization !== null;
}

const SAYS_RELAY = "Lock exactly this deposit for this stream. The market sends it and pays the gas.";
const STILL_WAITING = "The market has your signature and has not sent it yet. It goes on trying.";
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
