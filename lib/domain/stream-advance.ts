import { floorFraction, fraction, subtractFractions } from "./fraction";
import { depletesMs } from "./runway";
import type { Segment, SegmentEnd, SegmentStart } from "./segment";
import { settlementSplit } from "./settlement";
import { available, exactAccrual, funding } from "./stream-balance";
import type { CloseCause, StreamEvent } from "./stream-event";
import type { StreamPosting, StreamState, StreamStep } from "./stream-state";

/** Does what time alone has done by `atMs`: a deposit that ran out exhausts the stream, at the very millisecond. */
export function advance(state: StreamState, atMs: bigint): StreamStep {
  const step: StreamStep = { state: { ...state, lastMs: atMs }, postings: [], events: [] };
  const flow = funding(state);
  return flow && atMs >= depletesMs(flow) ? exhaust(step, depletesMs(flow)) : step;
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
 * price from its provider nor charge for a call that fails. Without such calls the stream settles at once, otherwise at
 * the first tick after the last of them.
 *
 * @param atMs when it ends: now, or when its grace ended, however late that is seen
 */
export function close(step: StreamStep, cause: CloseCause, atMs: bigint): StreamStep {
  const { held } = step.state;
  const ended = extend(
    endSegment(step, "close", atMs),
    { status: "closing", closedMs: atMs, closeCause: cause, graceUntilMs: null },
    [],
    { kind: "closed", atMs, data: { cause, held } },
  );
  return held > 0n ? bill(ended, atMs) : settle(ended, step.state.lastMs);
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

/**
 * The deposit is empty: what was left for accrual is accrued exactly, and grace begins. No money moves yet: all that is
 * not held belongs to the receiver, who may collect it now and gets it at the close in any case.
 */
function exhaust(step: StreamStep, atMs: bigint): StreamStep {
  const { funded, held, graceMs, carried: before } = step.state;
  const carried = fraction(available(step.state));
  const ended = endSegment(step, "exhaust", atMs).state.segments;
  const segments = ended.map((segment, index) =>
    index === ended.length - 1 ? { ...segment, capped: subtractFractions(carried, before) } : segment,
  );
  const graceUntilMs = atMs + graceMs;
  return extend(step, { status: "exhausted", segmentStartMs: null, carried, segments, graceUntilMs }, [], {
    kind: "exhausted",
    atMs,
    data: { paid: funded - held, graceUntilMs },
  });
}

function billPosting(due: bigint): StreamPosting {
  return { kind: "bill", from: "escrow", to: "receiver", amount: due };
}
