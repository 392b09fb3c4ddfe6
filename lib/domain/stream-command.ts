import { isRate, type Rate } from "./rate";
import { bill, close, endSegment, extend, settle, startSegment } from "./stream-advance";
import { streamBalance } from "./stream-balance";
import { authorise, resolveHold } from "./stream-call";
import { autoTopUp, open, setAutoTopUp, shortRunway, topUp } from "./stream-funding";
import { type StreamRefusal, streamRefusal, wrongState } from "./stream-refusal";
import type { StreamStep } from "./stream-state";
import type { AutoTopUpRule } from "./top-up";

/** What people, agents and the sweep do to a stream. `walletBalance`: base units that the sender can still lock. */
export type StreamCommand =
  | { readonly kind: "open"; readonly deposit: bigint; readonly walletBalance: bigint }
  | { readonly kind: "topUp"; readonly amount: bigint; readonly walletBalance: bigint }
  | { readonly kind: "autoTopUp"; readonly walletBalance: bigint }
  | { readonly kind: "setAutoTopUp"; readonly rule: AutoTopUpRule | null }
  | { readonly kind: "changeTier"; readonly tier: string; readonly rate: Rate }
  | { readonly kind: "pause" | "resume" | "collect" | "tick" }
  | { readonly kind: "close"; readonly by: "sender" | "receiver" }
  | { readonly kind: "authorise"; readonly requestId: string; readonly price: bigint }
  | { readonly kind: "serve" | "void"; readonly requestId: string };

/** Runs one command on a stream for which time has already passed up to `atMs`. */
export function runCommand(
  step: StreamStep,
  command: StreamCommand,
  atMs: bigint,
): StreamStep | StreamRefusal {
  switch (command.kind) {
    case "open":
      return open(step, command.deposit, command.walletBalance, atMs);
    case "topUp":
      return topUp(step, command.amount, command.walletBalance, atMs);
    case "autoTopUp":
      return autoTopUp(step, command.walletBalance, atMs);
    case "setAutoTopUp":
      return setAutoTopUp(step, command.rule, atMs);
    case "changeTier":
      return changeTier(step, command.tier, command.rate, atMs);
    case "pause":
      return pause(step, atMs);
    case "resume":
      return resume(step, atMs);
    case "collect":
      return collect(step, atMs);
    case "close":
      return closeBy(step, command.by, atMs);
    case "authorise":
      return authorise(step, command.requestId, command.price, atMs);
    case "serve":
    case "void":
      return resolveHold(step, command.requestId, command.kind === "serve");
    case "tick":
      return tick(step, atMs);
  }
}

/**
 * The new rate holds from now; the old segment keeps its exact accrual. A running stream must last
 * MIN_RUNWAY_AFTER_CHANGE_MS at the new rate: it does not die of an upgrade. A paused one is asked when it resumes.
 */
function changeTier(step: StreamStep, to: string, rate: Rate, atMs: bigint): StreamStep | StreamRefusal {
  const { status, tier: from } = step.state;
  if (status !== "active" && status !== "paused") return wrongState(step.state);
  if (!isRate(rate)) return streamRefusal("invalid-input", "A rate is above zero.");

  const changed = extend(endSegment(step, "rate", atMs), { tier: to, rate }, [], {
    kind: "tier-changed",
    atMs,
    data: { from, to, rate },
  });
  if (status === "paused") return changed;
  const running = startSegment(changed, "rate", atMs);
  return shortRunway(running, atMs) ?? running;
}

function pause(step: StreamStep, atMs: bigint): StreamStep | StreamRefusal {
  if (step.state.status !== "active") return wrongState(step.state);
  const { remaining } = streamBalance(step.state, atMs);
  return extend(endSegment(step, "pause", atMs), { status: "paused" }, [], {
    kind: "paused",
    atMs,
    data: { remaining },
  });
}

function resume(step: StreamStep, atMs: bigint): StreamStep | StreamRefusal {
  if (step.state.status !== "paused") return wrongState(step.state);
  const { remaining } = streamBalance(step.state, atMs);
  const running = startSegment(step, "resume", atMs);
  return (
    shortRunway(running, atMs) ?? extend(running, {}, [], { kind: "resumed", atMs, data: { remaining } })
  );
}

/** The receiver takes what was earned so far. Nothing due is no refusal: nothing happens. */
function collect(step: StreamStep, atMs: bigint): StreamStep | StreamRefusal {
  if (step.state.status === "pending" || step.state.status === "failed") return wrongState(step.state);
  const ended = endGrace(step, atMs);
  if (ended !== step) return ended;
  const collected = bill(step, atMs);
  const { billed } = collected.state;
  const amount = billed - step.state.billed;
  if (amount === 0n) return step;
  return extend(collected, {}, [], { kind: "collected", atMs, data: { amount, billed } });
}

/** Closing again changes nothing: the first settlement stands (D0.4). */
function closeBy(step: StreamStep, by: "sender" | "receiver", atMs: bigint): StreamStep | StreamRefusal {
  if (step.state.status === "pending" || step.state.status === "failed") return wrongState(step.state);
  const ended = endGrace(step, atMs);
  return ended.state.closedMs === null ? close(ended, by, atMs) : ended;
}

/** What a sweep finishes: a grace that nobody used, a closed stream whose last call has ended. */
function tick(step: StreamStep, atMs: bigint): StreamStep {
  const { status, held } = step.state;
  return status === "closing" && held === 0n ? settle(step, atMs) : endGrace(step, atMs);
}

/** A stream whose grace is over has ended then, though nobody has written it down: whoever settles or sweeps next does. */
function endGrace(step: StreamStep, atMs: bigint): StreamStep {
  const { status, graceUntilMs } = step.state;
  if (status !== "exhausted" || graceUntilMs === null || atMs < graceUntilMs) return step;
  return close(step, "grace-ended", graceUntilMs);
}
