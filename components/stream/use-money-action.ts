"use client";
import { useRef, useState } from "react";
import type { Problem } from "@/lib/errors";
import type { ActionResult } from "@/lib/http/action";
import { type Intent, intentFor } from "./intent-key";

export type MoneyState<T> =
  | { phase: "asking" }
  | { phase: "sent" }
  | { phase: "confirmed"; value: T }
  | { phase: "refused"; problem: Pick<Problem, "title" | "detail"> & Record<string, unknown> };

type Keyed<Input> = Input & { idempotencyKey: string };

/**
 * One intention that moves money: asking, sent, confirmed or refused. The idempotency key is made once for the same
 * terms and kept over a lost connection, so trying again can never do it twice.
 */
export function useMoneyAction<Input extends object, T>(
  send: (input: Keyed<Input>) => Promise<ActionResult<T>>,
) {
  const [state, setState] = useState<MoneyState<T>>({ phase: "asking" });
  const intent = useRef<Intent | null>(null);

  /** Sends it and tells how it ended, also to a caller that is no longer on screen. */
  async function submit(input: Input): Promise<MoneyState<T>> {
    intent.current = intentFor(intent.current, input, () => crypto.randomUUID());
    setState({ phase: "sent" });
    const ended = await outcomeOf(send({ ...input, idempotencyKey: intent.current.key }));
    if (ended.phase === "confirmed") intent.current = null;
    setState(ended);
    return ended;
  }

  return { state, submit };
}

async function outcomeOf<T>(sending: Promise<ActionResult<T>>): Promise<MoneyState<T>> {
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
