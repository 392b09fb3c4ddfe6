import { type Fraction, fraction } from "./fraction";
import type { Rate } from "./rate";
import type { Segment } from "./segment";
import { advance } from "./stream-advance";
import { runCommand, type StreamCommand } from "./stream-command";
import type { CloseCause, StreamEvent } from "./stream-event";
import { type StreamRefusal, streamRefusal } from "./stream-refusal";
import type { AutoSpend, AutoTopUpRule } from "./top-up";

/** `pending`, `closing` for long and `failed` are of rails whose openings and settlements take time or get lost. */
export type StreamStatus = "pending" | "active" | "paused" | "exhausted" | "closing" | "settled" | "failed";

/** What both ends agreed to before any money moved. */
export type StreamTerms = {
  readonly sender: string;
  readonly receiver: string;
  readonly tier: string;
  readonly rate: Rate;
  /** Milliseconds of flow that the first deposit has to cover. */
  readonly depositMs: bigint;
  /** How long an exhausted stream waits for a top-up before it is closed. */
  readonly graceMs: bigint;
  readonly autoTopUp: AutoTopUpRule | null;
};

/**
 * One ledger stream. Amounts are base units. Always: exact accrual + used + held <= funded, and
 * funded = billed + refunded + what is in escrow.
 */
export type StreamState = StreamTerms & {
  readonly status: StreamStatus;
  readonly funded: bigint;
  /** Posted per-call charges. */
  readonly used: bigint;
  /** The sum of `holds`. */
  readonly held: bigint;
  /** Open per-call holds by request id. */
  readonly holds: Readonly<Record<string, bigint>>;
  /** What the receiver has, accrual and per-call charges together. */
  readonly billed: bigint;
  readonly refunded: bigint;
  /** Exact accrual at `segmentStartMs` while active, and in all otherwise. */
  readonly carried: Fraction;
  /** Start of the running segment; null unless active. */
  readonly segmentStartMs: bigint | null;
  readonly segments: readonly Segment[];
  readonly startedMs: bigint | null;
  readonly graceUntilMs: bigint | null;
  readonly closedMs: bigint | null;
  readonly closeCause: CloseCause | null;
  readonly autoSpend: AutoSpend | null;
  /** The latest moment that changed anything. Time never runs back behind it. */
  readonly lastMs: bigint;
};

/** Money that moves with a state. The receiver and the sender's wallet are outside the stream, escrow is its own. */
export type StreamPosting =
  | {
      readonly kind: "deposit" | "top-up";
      readonly from: "wallet";
      readonly to: "escrow";
      readonly amount: bigint;
    }
  | { readonly kind: "bill"; readonly from: "escrow"; readonly to: "receiver"; readonly amount: bigint }
  | { readonly kind: "refund"; readonly from: "escrow"; readonly to: "wallet"; readonly amount: bigint };

/** The next state with the money and the events that led there. A refusal leaves all as it was. */
export type StreamStep = {
  readonly state: StreamState;
  readonly postings: readonly StreamPosting[];
  readonly events: readonly StreamEvent[];
};

/**
 * What one event does to one ledger stream: the oracle that the SQL money functions are tested against.
 *
 * Time first: a stream whose deposit ran out before now is exhausted at the millisecond it did, however late anybody looks.
 * Then the event. So it never matters to the money when, or how often, a sweep runs. A clock that went back counts as
 * standing still. A refusal changes nothing, except that a denied call is looked at, so time has passed for it.
 */
export function applyStreamEvent(
  state: StreamState,
  event: StreamCommand,
  nowMs: bigint,
): StreamStep & { readonly refusal?: StreamRefusal } {
  const unchanged = { state, postings: [], events: [] };
  if (state.startedMs !== null && nowMs < state.startedMs)
    return event.kind === "tick" ? unchanged : { ...unchanged, refusal: notStarted };

  const atMs = nowMs > state.lastMs ? nowMs : state.lastMs;
  const passed = advance(state, atMs);
  const step = runCommand(passed, event, atMs);
  if (!("code" in step)) return step;
  return { ...(event.kind === "authorise" ? passed : unchanged), refusal: step };
}

/** A stream that is agreed but not funded: the `open` event funds it. */
export function pendingStream(terms: StreamTerms): StreamState {
  return {
    ...terms,
    status: "pending",
    funded: 0n,
    used: 0n,
    held: 0n,
    holds: {},
    billed: 0n,
    refunded: 0n,
    carried: fraction(0n),
    segmentStartMs: null,
    segments: [],
    startedMs: null,
    graceUntilMs: null,
    closedMs: null,
    closeCause: null,
    autoSpend: null,
    lastMs: 0n,
  };
}

const notStarted = streamRefusal("stream/pending", "The stream has not started yet.");
