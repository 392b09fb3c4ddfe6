import { floorFraction, fraction, subtractFractions } from "./fraction";
import { depletesMs } from "./runway";
import type { Segment, SegmentEnd, SegmentStart } from "./segment";
import { settlementSplit } from "./settlement";
import { available, exactAccrual, funding } from "./stream-balance";
import type { CloseCause, StreamEvent } from "./stream-event";
import type { StreamPosting, StreamState, StreamStep } from "./stream-state";

/** Lets time pass up to `atMs`: a deposit that ran out exhausts the stream, a grace that ended closes it. */
export function advance(state: StreamState, atMs: bigint): StreamStep {
  let step: StreamStep = { state: { ...state, lastMs: atMs }, postings: [], events: [] };

  const flow = funding(step.state);
  if (flow && atMs >= depletesMs(flow)) step = exhaust(step, depletesMs(flow));

  const { status, graceUntilMs } = step.state;
  if (status === "exhausted" && graceUntilMs !== null && atMs >= graceUntilMs)
    step = close(step, "grace-ended", graceUntilMs);
  return step;
}

/** Adds changes, money and events to a step. */
export function extend(
  step: StreamStep,
  changes: Partial<StreamState>,
  postings: readonly StreamPosting[] = [],
  ...events: readonly StreamEvent[]
): StreamStep {
  return {
    state: { ...step.state, ...changes },
    postings: [...step.postings, ...postings.filter((posting) => posting.amount > 0n)],
    events: [...step.events, ...events],
  };
}

/** Begins a segment at the stream's present rate. */
export function startSegment(step: StreamStep, startCause: SegmentStart, atMs: bigint): StreamStep {
  const { rate, segments } = step.state;
  const segment: Segment = { rate, startMs: atMs, endMs: null, startCause, endCause: null };
  return extend(step, { status: "active", segmentStartMs: atMs, segments: [...segments, segment] });
}

/** Ends the running segment, if one runs, and carries its exact accrual. */
export function endSegment(step: StreamStep, endCause: SegmentEnd, atMs: bigint): StreamStep {
  const last = step.state.segments.at(-1);
  if (step.state.segmentStartMs === null || !last) return step;
  return extend(step, {
    carried: exactAccrual(step.state, atMs),
    segmentStartMs: null,
    segments: [...step.state.segments.slice(0, -1), { ...last, endMs: atMs, endCause }],
  });
}

/** Bills what was earned since the last bill: a difference of the cumulative floor, never a floor of its own. */
export function bill(step: StreamStep, atMs: bigint): StreamStep {
  const { used, billed } = step.state;
  const earned = floorFraction(exactAccrual(step.state, atMs)) + used;
  return extend(step, { billed: earned }, [billPosting(earned - billed)]);
}

/**
 * Stops accrual for good. Money held for calls in flight waits for them (`closing`): closing may neither take a call's
 * price from its provider nor charge for a call that fails. Without such calls the stream settles at once.
 */
export function close(step: StreamStep, cause: CloseCause, atMs: bigint): StreamStep {
  const { held } = step.state;
  const ended = extend(
    endSegment(step, "close", atMs),
    { status: "closing", closedMs: atMs, closeCause: cause, graceUntilMs: null },
    [],
    { kind: "closed", atMs, data: { cause, held } },
  );
  return held > 0n ? bill(ended, atMs) : settle(ended, atMs);
}

/** Empties the escrow of a closing stream: the receiver gets the rest of what was earned, the sender what is left. */
export function settle(step: StreamStep, atMs: bigint): StreamStep {
  const { funded, used, billed, carried } = step.state;
  const { paid, due, refund } = settlementSplit({ funded, used, billed, accrued: floorFraction(carried) });
  return extend(
    step,
    { status: "settled", billed: paid, refunded: refund },
    [billPosting(due), { kind: "refund", from: "escrow", to: "wallet", amount: refund }],
    { kind: "settled", atMs, data: { paid, refund } },
  );
}

/** The deposit is empty: accrual is exactly what was left for it, all of it is paid, and grace begins. */
function exhaust(step: StreamStep, atMs: bigint): StreamStep {
  const { state } = step;
  const carried = fraction(available(state));
  const ended = endSegment(step, "exhaust", atMs);
  const segments = ended.state.segments.map((segment, index, all) =>
    index === all.length - 1 ? { ...segment, capped: subtractFractions(carried, state.carried) } : segment,
  );
  const graceUntilMs = atMs + state.graceMs;
  const paid = bill(extend(ended, { status: "exhausted", carried, segments, graceUntilMs }), atMs);
  return extend(paid, {}, [], { kind: "exhausted", atMs, data: { paid: paid.state.billed, graceUntilMs } });
}

function billPosting(due: bigint): StreamPosting {
  return { kind: "bill", from: "escrow", to: "receiver", amount: due };
}
