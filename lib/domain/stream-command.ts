import { MAX_AMOUNT } from "./amount";
import { requiredDeposit } from "./deposit";
import type { Rate } from "./rate";
import { runwayMs } from "./runway";
import { bill, close, endSegment, extend, settle, startSegment } from "./stream-advance";
import { available, exactAccrual, funding, isFundedAt, streamBalance } from "./stream-balance";
import type { StreamRefusal, StreamState, StreamStep } from "./stream-state";
import {
  type AutoTopUpRule,
  addAutoSpend,
  MIN_RUNWAY_AFTER_CHANGE_MS,
  minimumTopUp,
  planTopUp,
} from "./top-up";

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
      return isOver(step.state) ? wrongState(step.state) : extend(step, { autoTopUp: command.rule });
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
      return resolveHold(step, command.requestId, command.kind === "serve", atMs);
    case "tick":
      return step; // Passing time is all that a tick does.
  }
}

function open(step: StreamStep, deposit: bigint, wallet: bigint, atMs: bigint): StreamStep | StreamRefusal {
  const { state } = step;
  if (state.status !== "pending") return wrongState(state);
  if (state.sender.toLowerCase() === state.receiver.toLowerCase())
    return refusal("self-stream", "Sender and receiver are the same.");
  if (!isRate(state.rate)) return refusal("invalid-input", "A rate is above zero.");

  const minimum = requiredDeposit(state.rate, state.depositMs);
  if (deposit < minimum || deposit > MAX_AMOUNT)
    return refusal("invalid-input", `The deposit is at least ${minimum}.`, { depositRequired: minimum });
  if (deposit > wallet) return shortWallet(wallet, deposit);

  const { tier, rate } = state;
  return extend(
    startSegment(extend(step, { funded: deposit, startedMs: atMs }), "open", atMs),
    {},
    [{ kind: "deposit", from: "wallet", to: "escrow", amount: deposit }],
    { kind: "opened", atMs, data: { tier, rate, deposit } },
  );
}

function topUp(step: StreamStep, amount: bigint, wallet: bigint, atMs: bigint): StreamStep | StreamRefusal {
  const { state } = step;
  if (state.status === "pending" || isOver(state)) return wrongState(state);
  if (amount <= 0n || state.funded + amount > MAX_AMOUNT)
    return refusal("invalid-input", "A top-up is above zero and at most 78 digits.");
  if (amount > wallet) return shortWallet(wallet, amount);
  return addFunds(step, amount, "topped-up", atMs);
}

/** A rule that does not call for a top-up, or forbids it, is no refusal: nothing happens. */
function autoTopUp(step: StreamStep, walletBalance: bigint, atMs: bigint): StreamStep {
  const { state } = step;
  const flow = funding(state);
  if (!state.autoTopUp || !flow) return step;

  const { rate, autoSpend } = state;
  const situation = { active: true, rate, runwayMs: runwayMs(flow, atMs), autoSpend, walletBalance };
  const plan = planTopUp(state.autoTopUp, situation, atMs);
  if (!plan || state.funded + plan.amount > MAX_AMOUNT) return step;
  const spent = extend(step, { autoSpend: addAutoSpend(autoSpend, plan.amount, atMs) });
  return addFunds(spent, plan.amount, "auto-topped-up", atMs);
}

/** Paused streams only get the funds; an exhausted one runs again from now, owing nothing for the time between. */
function addFunds(
  step: StreamStep,
  amount: bigint,
  kind: "topped-up" | "auto-topped-up",
  atMs: bigint,
): StreamStep {
  const funded = step.state.funded + amount;
  const added = extend(step, { funded }, [{ kind: "top-up", from: "wallet", to: "escrow", amount }], {
    kind,
    atMs,
    data: { amount, funded },
  });
  if (step.state.status !== "exhausted") return added;

  const revived = startSegment(extend(added, { graceUntilMs: null }), "top-up", atMs);
  const { remaining } = streamBalance(revived.state, atMs);
  return extend(revived, {}, [], { kind: "revived", atMs, data: { remaining } });
}

/**
 * The new rate holds from now; the old segment keeps its exact accrual. Refused when what is left would not last
 * MIN_RUNWAY_AFTER_CHANGE_MS at the new rate, with the top-up that repairs it: a stream must not die of an upgrade.
 */
function changeTier(step: StreamStep, to: string, rate: Rate, atMs: bigint): StreamStep | StreamRefusal {
  const { state } = step;
  if (state.status !== "active" && state.status !== "paused") return wrongState(state);
  if (!isRate(rate)) return refusal("invalid-input", "A rate is above zero.");

  const after = {
    accruedAtStart: exactAccrual(state, atMs),
    rate,
    startMs: atMs,
    available: available(state),
  };
  if (runwayMs(after, atMs) < MIN_RUNWAY_AFTER_CHANGE_MS)
    return refusal(
      "insufficient-balance",
      "What is left would not last a minute at the new rate: top up first.",
      {
        remaining: streamBalance(state, atMs).remaining,
        minimumTopUp: minimumTopUp(rate),
      },
    );

  const changed = extend(endSegment(step, "rate", atMs), { tier: to, rate }, [], {
    kind: "tier-changed",
    atMs,
    data: { from: state.tier, to, rate },
  });
  return state.status === "active" ? startSegment(changed, "rate", atMs) : changed;
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
  return extend(startSegment(step, "resume", atMs), {}, [], { kind: "resumed", atMs, data: { remaining } });
}

/** The receiver takes what was earned so far. Nothing due is no refusal: nothing happens. */
function collect(step: StreamStep, atMs: bigint): StreamStep | StreamRefusal {
  if (step.state.status === "pending" || step.state.status === "failed") return wrongState(step.state);
  const collected = bill(step, atMs);
  const amount = collected.state.billed - step.state.billed;
  if (amount === 0n) return step;
  return extend(collected, {}, [], {
    kind: "collected",
    atMs,
    data: { amount, billed: collected.state.billed },
  });
}

/** Closing again changes nothing: the first settlement stands (D0.4). */
function closeBy(step: StreamStep, by: "sender" | "receiver", atMs: bigint): StreamStep | StreamRefusal {
  const { status } = step.state;
  if (status === "closing" || status === "settled") return step;
  if (status === "pending" || status === "failed") return wrongState(step.state);
  return close(step, by, atMs);
}

/** Lets one call through, with its own price held on top of the flow when it has one. */
function authorise(
  step: StreamStep,
  requestId: string,
  price: bigint,
  atMs: bigint,
): StreamStep | StreamRefusal {
  const { state } = step;
  if (price < 0n) return refusal("invalid-input", "A price is never below zero.");
  if (state.status === "pending") return refusal("stream/pending", "The stream is not open yet.");
  if (state.status === "paused") return refusal("stream/paused", "The stream is paused: resume it.");
  if (isOver(state)) return refusal("stream/terminated", "Stream terminated");
  if (Object.hasOwn(state.holds, requestId))
    return refusal("request-in-progress", "That call is already running.");

  const reserved = { ...state, held: state.held + price };
  if (!isFundedAt(reserved, atMs)) {
    const { accruedUncapped, remaining } = streamBalance(state, atMs);
    return refusal("stream/deposit-exhausted", "Deposit exhausted — top up required", {
      accrued: accruedUncapped,
      funded: state.funded,
      used: state.used,
      remaining,
      minimumTopUp: minimumTopUp(state.rate, price > remaining ? price - remaining : 0n),
    });
  }
  if (price === 0n) return step;
  return extend(step, { held: reserved.held, holds: { ...state.holds, [requestId]: price } });
}

/** A hold resolves once: charged when the call was served, given back when not. The second time nothing happens. */
function resolveHold(step: StreamStep, requestId: string, served: boolean, atMs: bigint): StreamStep {
  const { [requestId]: price, ...holds } = step.state.holds;
  if (price === undefined) return step;
  const held = step.state.held - price;
  const used = step.state.used + (served ? price : 0n);
  const resolved = extend(step, { held, used, holds });
  return resolved.state.status === "closing" && held === 0n ? settle(resolved, atMs) : resolved;
}

function isOver({ status }: StreamState): boolean {
  return status === "closing" || status === "settled" || status === "failed";
}

function isRate({ amount, periodMs }: Rate): boolean {
  return amount > 0n && amount <= MAX_AMOUNT && periodMs > 0n;
}

function wrongState({ status }: StreamState): StreamRefusal {
  return refusal("stream-state", `The stream is ${status}.`);
}

function shortWallet(balance: bigint, required: bigint): StreamRefusal {
  return refusal("insufficient-balance", "The wallet holds less than that.", { balance, required });
}

function refusal(
  code: StreamRefusal["code"],
  detail: string,
  extensions: StreamRefusal["extensions"] = {},
): StreamRefusal {
  return { code, detail, extensions };
}
