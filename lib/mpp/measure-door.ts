import { ProblemError } from "@/lib/errors";
import { measured, methodLabel } from "@/lib/http/measure";
import { DOOR_ENDPOINT } from "@/lib/metrics/door-endpoint";
import { metrics } from "@/lib/metrics/metrics";
import type { UpstreamAnswer, UpstreamCall } from "./call-upstream";
import type { PaidDoor } from "./create-door";
import type { DoorLedger } from "./door-types";

/** Counts and times the answers of a door, under one template: no provider and no service is in it. */
export function measureDoor(door: PaidDoor): PaidDoor {
  return (request, context) =>
    measured(DOOR_ENDPOINT, methodLabel(request.method), () => door(request, context));
}

/** Counts what the ledger decides and how calls end, and times both. */
export function measureLedger(ledger: DoorLedger): DoorLedger {
  const { decisions, ended, steps } = metrics();
  const authorize = steps.of("authorize");
  const complete = steps.of("complete");
  const authorised = decisions.of("authorised");
  return {
    ...ledger,
    async authorizeRequest(call) {
      const began = performance.now();
      const decision = await ledger.authorizeRequest(call);
      authorize.observe((performance.now() - began) / 1000);
      if (decision.outcome === "authorised") authorised.n += 1;
      else decisions.of(decision.outcome === "denied" ? decision.code : decision.outcome).n += 1;
      return decision;
    },
    async completeRequest(outcome) {
      const began = performance.now();
      const first = await ledger.completeRequest(outcome);
      complete.observe((performance.now() - began) / 1000);
      ended.of(first ? outcome.outcome : "late").n += 1;
      return first;
    },
  };
}

/** Counts and times what providers answer, until the start of it. */
export function measureUpstream(
  call: (call: UpstreamCall) => Promise<UpstreamAnswer>,
): (call: UpstreamCall) => Promise<UpstreamAnswer> {
  const { upstream, steps } = metrics();
  const step = steps.of("upstream");
  return async (asked) => {
    const began = performance.now();
    try {
      const answer = await call(asked);
      upstream.of(answer.status < 400 ? "ok" : "refused").n += 1;
      return answer;
    } catch (error) {
      upstream.of(error instanceof ProblemError ? error.code : "internal").n += 1;
      throw error;
    } finally {
      step.observe((performance.now() - began) / 1000);
    }
  };
}
