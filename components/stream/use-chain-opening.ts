"use client";
import { useState } from "react";
import type { Hex } from "viem";
import { useSession } from "@/components/wallet/session-provider";
import type { TypedData } from "@/components/wallet/signer";
import { NotPlanned, type SigningPlan } from "@/components/wallet/signing-plan";
import { useChainCalls } from "@/components/wallet/use-chain-calls";
import type { SignedAllowance } from "@/lib/rails/allowance";
import type { ChainCall } from "@/lib/rails/chain-call";
import type { StreamPlan } from "@/lib/streams/plan-stream";
import type { ChainPlanInput, OnChain } from "./chain-plan";
import { findOpenedStream } from "./find-opened-stream";
import { openByRelay, relayIdOf } from "./open-by-relay";
import type { MoneyState } from "./use-money-action";

/** The id of the stream that was opened. */
export type OpenedStream = { id: string };

type Refused = Extract<MoneyState<never>, { phase: "refused" }>;

/**
 * Opens a stream on the chain: the wallet signs what the plan says, the chain takes it, and the market reads it. A wallet that makes one
 * transaction of several calls is asked once; else a permit of the token, where it has one, makes one of two.
 */
export function useChainOpening({ plan: ask, relays }: OnChain, what: string) {
  const { signer, network } = useSession();
  const sign = useChainCalls();
  const [state, setState] = useState<MoneyState<OpenedStream>>({ phase: "asking" });

  /** @param together the wallet makes one transaction of several calls */
  async function submit(
    terms: Omit<ChainPlanInput, "permit">,
    plan: StreamPlan,
    together: boolean,
  ): Promise<void> {
    if (isRelayed(plan, relays)) return setState(await relay(terms, plan));
    const ended = await sign(signingOf(terms, plan, together), what, setState);
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
    // Before it is handed over: it goes on without this page, and its end is told by the next one.
    const id = relayIdOf(authorization);
    const { forgetCall, rememberCall } = await import("@/components/wallet/pending-calls");
    const of = { chainId: network.chainId, account: typedData.message.from, what, sentMs: Date.now() };
    rememberCall({ via: "relay", id, ...of });
    let last: Hex | null = null;
    for await (const step of openByRelay(terms, { deposit, authorization, signature })) {
      if (step.phase === "refused") {
        forgetCall(id);
        return { phase: "refused", problem: { title: step.title, detail: step.detail } };
      }
      if (step.phase === "active") {
        forgetCall(id);
        return { phase: "confirmed", value: { id: step.streamId } };
      }
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

  /** The transactions of the plan; with its permit signed, those of the plan that this makes. */
  function signingOf(
    terms: Omit<ChainPlanInput, "permit">,
    { permit, calls }: StreamPlan,
    together: boolean,
  ): SigningPlan {
    const all = { calls: signable(calls), together };
    if (!permit) return { ...all, allowance: null };
    const { value, deadline } = permit.message;
    async function use({ signature }: SignedAllowance): Promise<readonly ChainCall[]> {
      const signed = { value, deadline, signature };
      const result = await ask({ ...terms, permit: signed } satisfies ChainPlanInput).catch(() => null);
      if (!result)
        throw new NotPlanned(
          nothingSent("The server did not answer. What you signed is used by nobody: try again.").problem,
        );
      if (!result.ok) throw new NotPlanned(result.problem);
      return signable(result.value.calls);
    }
    return { ...all, allowance: { typedData: permit, deadline, salt: null, use } };
  }

  return { state, submit };
}

/** Whether one signature is all: the plan can be sent by somebody else, and the market does. */
export function isRelayed(plan: StreamPlan, relays: boolean): boolean {
  return relays && plan.authorization !== null;
}

const SAYS_RELAY = "Lock exactly this deposit for this stream. The market sends it and pays the gas.";
const STILL_WAITING = "The market has your signature and has not sent it yet. It goes on trying.";

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
