import { type Amount, amount, smallerOf } from "./amount";
import { addFractions, type Fraction, floorFraction, fraction } from "./fraction";
import { exactAmountOver } from "./rate";
import { depletesMs, type Funding, fundedUntilMs, runwayMs } from "./runway";
import type { StreamState } from "./stream-state";

/** What a stream amounts to at one moment, in base units. */
export type StreamBalance = {
  /** Never more than the deposit covers. */
  readonly accrued: Amount;
  /** What the flow would have come to had it not been stopped by an empty deposit: for refusals (S0.18), never for money. */
  readonly accruedUncapped: Amount;
  /** Funded, and neither accrued, used nor held. */
  readonly remaining: Amount;
  readonly runwayMs: bigint;
  /** The first millisecond that is not paid for; null unless accruing. */
  readonly depletesMs: bigint | null;
};

/** @param atMs not before the stream's `lastMs`; a stream that is due to stop is seen as stopped */
export function streamBalance(state: StreamState, atMs: bigint): StreamBalance {
  const cap = available(state);
  const uncapped = floorFraction(uncappedAccrual(state, atMs));
  const capped = floorFraction(exactAccrual(state, atMs));
  const accrued = amount(smallerOf(capped, cap));
  const flow = funding(state);
  return {
    accrued,
    accruedUncapped: amount(uncapped),
    remaining: amount(cap - accrued),
    runwayMs: flow ? runwayMs(flow, atMs) : 0n,
    depletesMs: flow ? depletesMs(flow) : null,
  };
}

/** Exact accrual at `atMs`, as if the running segment went on for ever. */
export function exactAccrual(state: StreamState, atMs: bigint): Fraction {
  if (state.segmentStartMs === null) return state.carried;
  return addFractions(state.carried, exactAmountOver(state.rate, atMs - state.segmentStartMs));
}

/** Base units that accrual may come to: what is funded and not used or held. */
export function available({ funded, used, held }: StreamState): bigint {
  return funded - used - held;
}

/** The running flow; null when none runs. */
export function funding(state: StreamState): Funding | null {
  if (state.segmentStartMs === null) return null;
  return {
    accruedAtStart: state.carried,
    rate: state.rate,
    startMs: state.segmentStartMs,
    available: available(state),
  };
}

/** Whether `atMs` is paid for: equality is (S0.10). */
export function isFundedAt(state: StreamState, atMs: bigint): boolean {
  const flow = funding(state);
  return flow !== null && atMs <= fundedUntilMs(flow);
}

function uncappedAccrual(state: StreamState, atMs: bigint): Fraction {
  const last = state.segments.at(-1);
  if (state.status !== "exhausted" || !last?.capped) return exactAccrual(state, atMs);
  const before = addFractions(state.carried, fraction(-last.capped.num, last.capped.den));
  return addFractions(before, exactAmountOver(last.rate, atMs - last.startMs));
}
