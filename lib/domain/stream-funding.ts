import { MAX_AMOUNT } from "./amount";
import { requiredDeposit } from "./deposit";
import { isRate } from "./rate";
import { extend, startSegment } from "./stream-advance";
import { streamBalance } from "./stream-balance";
import { type StreamRefusal, streamRefusal, wrongState } from "./stream-refusal";
import type { StreamState, StreamStep } from "./stream-state";
import {
  type AutoTopUpRule,
  addAutoSpend,
  MIN_RUNWAY_AFTER_CHANGE_MS,
  minimumTopUp,
  planTopUp,
} from "./top-up";

/** Funds a pending stream with at least its required deposit and starts it. */
export function open(
  step: StreamStep,
  deposit: bigint,
  walletBalance: bigint,
  atMs: bigint,
): StreamStep | StreamRefusal {
  const { status, sender, receiver, tier, rate, depositMs } = step.state;
  if (status !== "pending") return wrongState(step.state);
  if (sender.toLowerCase() === receiver.toLowerCase())
    return streamRefusal("self-stream", "Sender and receiver are the same.");
  if (!isRate(rate)) return streamRefusal("invalid-input", "A rate is above zero.");

  const minimum = requiredDeposit(rate, depositMs);
  if (deposit < minimum || deposit > MAX_AMOUNT)
    return streamRefusal("invalid-input", `The deposit is at least ${minimum}.`, {
      depositRequired: minimum,
    });
  if (deposit > walletBalance) return shortWallet(walletBalance, deposit);

  return extend(
    startSegment(extend(step, { funded: deposit, startedMs: atMs }), "open", atMs),
    {},
    [{ kind: "deposit", from: "wallet", to: "escrow", amount: deposit }],
    { kind: "opened", atMs, data: { tier, rate, deposit } },
  );
}

/** Adds funds to a stream that has not ended. An exhausted one takes no less than runs it for a minute. */
export function topUp(
  step: StreamStep,
  amount: bigint,
  walletBalance: bigint,
  atMs: bigint,
): StreamStep | StreamRefusal {
  const { state } = step;
  if (!takesFunds(state, atMs)) return wrongState(state);
  const minimum = state.status === "exhausted" ? repairTopUp(state, atMs) : 1n;
  if (amount < minimum || state.funded + amount > MAX_AMOUNT)
    return streamRefusal("invalid-input", `A top-up is at least ${minimum} here, at most 78 digits in all.`, {
      minimumTopUp: minimum,
    });
  if (amount > walletBalance) return shortWallet(walletBalance, amount);
  return addFunds(step, amount, "topped-up", atMs);
}

/** A rule that does not call for a top-up, or forbids it, is no refusal: nothing happens. */
export function autoTopUp(step: StreamStep, walletBalance: bigint, atMs: bigint): StreamStep {
  const { state } = step;
  if (!state.autoTopUp) return step;

  const { rate, autoSpend } = state;
  const topUpHelps = state.status !== "paused" && takesFunds(state, atMs);
  const { runwayMs } = streamBalance(state, atMs);
  const plan = planTopUp(state.autoTopUp, { topUpHelps, rate, runwayMs, autoSpend, walletBalance }, atMs);
  if (!plan || state.funded + plan.amount > MAX_AMOUNT) return step;
  const spent = extend(step, { autoSpend: addAutoSpend(autoSpend, plan.amount, atMs) });
  return addFunds(spent, plan.amount, "auto-topped-up", atMs);
}

/** Gives a stream a rule, or takes it back. */
export function setAutoTopUp(
  step: StreamStep,
  rule: AutoTopUpRule | null,
  atMs: bigint,
): StreamStep | StreamRefusal {
  if (!takesFunds(step.state, atMs)) return wrongState(step.state);
  const changes = { autoTopUp: rule };
  if (!rule) return extend(step, changes, [], { kind: "auto-top-up-cleared", atMs, data: {} });
  return extend(step, changes, [], { kind: "auto-top-up-set", atMs, data: rule });
}

/** Whether more money may come in. An exhausted stream can be saved until its grace ends, swept or not. */
function takesFunds({ status, graceUntilMs }: StreamState, atMs: bigint): boolean {
  if (status === "exhausted") return graceUntilMs !== null && atMs < graceUntilMs;
  return status === "active" || status === "paused";
}

/**
 * Refuses a start that would end within MIN_RUNWAY_AFTER_CHANGE_MS, naming the top-up that repairs it; null when the
 * running stream of this step lasts that long.
 */
export function shortRunway({ state }: StreamStep, atMs: bigint): StreamRefusal | null {
  const { runwayMs, remaining } = streamBalance(state, atMs);
  if (runwayMs >= MIN_RUNWAY_AFTER_CHANGE_MS) return null;
  return streamRefusal(
    "insufficient-balance",
    "What is left would not last a minute at that rate: top up first.",
    {
      remaining,
      minimumTopUp: repairTopUp(state, atMs),
    },
  );
}

/** The least top-up that lets this stream run for MIN_RUNWAY_AFTER_CHANGE_MS. */
export function repairTopUp(state: StreamState, atMs: bigint): bigint {
  return minimumTopUp(state.rate, streamBalance(state, atMs).remaining);
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

function shortWallet(balance: bigint, required: bigint): StreamRefusal {
  return streamRefusal("insufficient-balance", "The wallet holds less than that.", { balance, required });
}
