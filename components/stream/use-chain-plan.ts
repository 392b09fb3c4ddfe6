"use client";
import { useCallback, useEffect, useState } from "react";
import type { Problem } from "@/lib/errors";
import type { StreamPlan } from "@/lib/streams/plan-stream";
import type { ChainPlanInput, PlanOpening } from "./chain-plan";

type Planned = {
  plan: StreamPlan | null;
  /** Why there is none; null while it is asked for. */
  problem: Pick<Problem, "title" | "detail"> | null;
  /** Asks again, e.g. when the wallet was filled. */
  refresh: () => void;
};

type Answer = { of: string; plan: StreamPlan | null; problem: Planned["problem"] };

/** What opening would ask of the signed-in account, asked of the server whenever the terms change. Null terms ask nothing. */
export function useChainPlan(
  ask: PlanOpening,
  terms: Pick<ChainPlanInput, "providerId" | "tier" | "durationMs"> & {
    rail: ChainPlanInput["rail"] | null;
  },
): Planned {
  const { providerId, tier, rail, durationMs } = terms;
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const key = `${tier} ${rail} ${durationMs} ${round}`;

  useEffect(() => {
    if (rail === null) return;
    let gone = false;
    const tell = (given: Omit<Answer, "of">) => gone || setAnswer({ of: key, ...given });
    ask({ providerId, tier, rail, durationMs, permit: undefined } satisfies ChainPlanInput).then(
      (result) =>
        tell(result.ok ? { plan: result.value, problem: null } : { plan: null, problem: result.problem }),
      () =>
        tell({
          plan: null,
          problem: { title: "No answer came back", detail: "What it asks is not known. Try again." },
        }),
    );
    return () => {
      gone = true;
    };
  }, [ask, providerId, tier, rail, durationMs, key]);

  const refresh = useCallback(() => setRound((before) => before + 1), []);
  // The answer to other terms is none to these.
  const current = answer?.of === key ? answer : null;
  return { plan: current?.plan ?? null, problem: current?.problem ?? null, refresh };
}
