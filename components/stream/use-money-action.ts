"use client";
import { useRef, useState } from "react";
import type { Hex } from "viem";
import { NotPlanned } from "@/components/wallet/signing-plan";
import { useChainCalls } from "@/components/wallet/use-chain-calls";
import type { Problem } from "@/lib/errors";
import type { ActionResult } from "@/lib/http/action";
import type { SignedAllowance } from "@/lib/rails/allowance";
import { whatToSign } from "./calls-to-sign";
import { type Intent, intentFor } from "./intent-key";

/**
 * `wallet` and `mining` are of money on a chain, where the wallet signs what is done: `mined` is a transaction that counts, `reading` one
 * whose stream is still to be read.
 */
export type MoneyState<T> =
  | { phase: "asking" }
  | { phase: "sent" }
  | { phase: "wallet"; says: string; step: number; of: number }
  | { phase: "mining"; hash: Hex | null; step: number; of: number; confirmations: number; needed: number }
  | { phase: "reading"; hash: Hex }
  | { phase: "confirmed"; value: T }
  | { phase: "mined"; hash: Hex }
  | { phase: "refused"; problem: Pick<Problem, "title" | "detail"> & Record<string, unknown> };

type Keyed<Input> = Input & { idempotencyKey: string };

/**
 * One intention that moves money: asking, sent, confirmed or refused; on a chain signed in the wallet and confirmed there. The
 * idempotency key is made once for the same terms and kept over a lost connection, so trying again can never do it twice.
 */
export function useMoneyAction<Input extends object, T>(
  send: (input: Keyed<Input>) => Promise<ActionResult<T>>,
  /** For a transaction that outlives the page: "Close the stream to HolterAI". */
  what = "Transaction",
  /** The wallet makes one transaction of several calls. */
  together = false,
) {
  const signAll = useChainCalls();
  const [state, setState] = useState<MoneyState<T>>({ phase: "asking" });
  const intent = useRef<Intent | null>(null);

  /** Sends it and tells how it ended, also to a caller that is no longer on screen. */
  async function submit(input: Input): Promise<MoneyState<T>> {
    intent.current = intentFor(intent.current, input, () => crypto.randomUUID());
    setState({ phase: "sent" });
    const asked = { ...input, idempotencyKey: intent.current.key };
    const answer = await outcomeOf(send(asked));
    let ended: MoneyState<T> = answer;
    // Money on a chain is moved by its owner alone: the server says what to sign.
    const toSign = answer.phase === "refused" ? whatToSign(answer.problem) : null;
    if (toSign) {
      const { calls, allowance } = toSign;
      const use = async (signed: SignedAllowance) => {
        const again = await outcomeOf(send({ ...asked, allowance: signed }));
        const left = again.phase === "refused" ? whatToSign(again.problem) : null;
        if (left) return left.calls;
        throw new NotPlanned(again.phase === "refused" ? again.problem : NOTHING_LEFT);
      };
      ended = await signAll(
        { calls, together, allowance: allowance && { ...allowance, use } },
        what,
        setState,
      );
    }
    if (ended.phase === "confirmed") intent.current = null;
    setState(ended);
    return ended;
  }

  return { state, submit };
}

const NOTHING_LEFT = { title: "Nothing was sent", detail: "The stream is not on its chain any more." };

type Answered<T> = Extract<MoneyState<T>, { phase: "confirmed" | "refused" }>;

async function outcomeOf<T>(sending: Promise<ActionResult<T>>): Promise<Answered<T>> {
  try {
    const result = await sending;
    return result.ok
      ? { phase: "confirmed", value: result.value }
      : { phase: "refused", problem: result.problem };
  } catch {
    const problem = {
      title: "No answer came back",
      detail: "It may or may not have arrived. Try again: the same request is never carried out twice.",
    };
    return { phase: "refused", problem };
  }
}
