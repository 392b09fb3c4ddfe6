import { extend } from "./stream-advance";
import { isFundedAt, streamBalance } from "./stream-balance";
import { repairTopUp } from "./stream-funding";
import { type StreamRefusal, streamRefusal } from "./stream-refusal";
import type { StreamState, StreamStep } from "./stream-state";

/**
 * Lets one call through, with its own price held on top of the flow when it has one. Equality is enough: a call passes
 * when exact accrual + used + held + price <= funded. A denial reports what would have accrued with a deposit big
 * enough, and the top-up that lets the same call pass.
 */
export function authorise(
  step: StreamStep,
  requestId: string,
  price: bigint,
  atMs: bigint,
): StreamStep | StreamRefusal {
  const { state } = step;
  if (price < 0n) return streamRefusal("invalid-input", "A price is never below zero.");
  const obstacle = statusObstacle(state);
  if (obstacle) return obstacle;
  if (Object.hasOwn(state.holds, requestId))
    return streamRefusal("request-in-progress", "That call is already running.");

  const reserved = { ...state, held: state.held + price };
  if (!isFundedAt(reserved, atMs)) {
    const { accruedUncapped, remaining } = streamBalance(state, atMs);
    return streamRefusal("stream/deposit-exhausted", "Deposit exhausted — top up required", {
      accrued: accruedUncapped,
      funded: state.funded,
      used: state.used,
      remaining,
      minimumTopUp: repairTopUp(state, atMs) + price,
    });
  }
  if (price === 0n) return step;
  return extend(step, { held: reserved.held, holds: { ...state.holds, [requestId]: price } });
}

/** A hold resolves once: charged when the call was served, given back when not. The second time nothing happens. */
export function resolveHold(step: StreamStep, requestId: string, served: boolean): StreamStep {
  if (!Object.hasOwn(step.state.holds, requestId)) return step;
  const { [requestId]: price = 0n, ...holds } = step.state.holds;
  const held = step.state.held - price;
  return extend(step, { held, holds, used: step.state.used + (served ? price : 0n) });
}

function statusObstacle({ status }: StreamState): StreamRefusal | null {
  if (status === "pending") return streamRefusal("stream/pending", "The stream is not open yet.");
  if (status === "paused") return streamRefusal("stream/paused", "The stream is paused: resume it.");
  if (status === "active" || status === "exhausted") return null;
  return streamRefusal("stream/terminated", "Stream terminated");
}
