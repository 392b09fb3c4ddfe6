import { smallerOf } from "@/lib/domain/amount";
import { depletesMs } from "@/lib/domain/runway";
import { advance } from "@/lib/domain/stream-advance";
import { funding, streamBalance } from "@/lib/domain/stream-balance";
import type { StreamCommand } from "@/lib/domain/stream-command";
import type { StreamEvent } from "@/lib/domain/stream-event";
import { repairTopUp } from "@/lib/domain/stream-funding";
import type { StreamRefusal } from "@/lib/domain/stream-refusal";
import { applyStreamEvent, pendingStream, type StreamState } from "@/lib/domain/stream-state";
import type { Act, Life, Moment } from "./some-life";

/** What one step asks of either side, at a moment that is fixed now. */
export type Ask = { nowMs: bigint; act: Act | { kind: "open" }; requestId: string };

/** What both sides have to agree on after a step, seen at its moment. */
export type Agreed = {
  refusal: { code: string; members: Record<string, bigint> } | null;
  status: string;
  funded: bigint;
  accrued: bigint;
  used: bigint;
  held: bigint;
  billed: bigint;
  refunded: bigint;
  remaining: bigint;
  runwayMs: bigint;
  minimumTopUp: bigint;
  graceUntilMs: bigint | null;
  closedMs: bigint | null;
  closeCause: string | null;
  /** What the sender has outside the stream, and what the receiver got. */
  wallet: bigint;
  received: bigint;
};

/** Members of a refusal that both sides give, in base units. The ledger's functions say more than these. */
export function sharedMembers(members: Readonly<Record<string, unknown>>): Record<string, bigint> {
  const shared = ["minimumTopUp", "depositRequired", "balance", "required", "accrued", "funded", "used"];
  return Object.fromEntries(
    shared.filter((name) => name in members).map((name) => [name, BigInt(String(members[name]))]),
  );
}

/** Thirty years: the ledger does not count a runway further than some thousand, so longer ones compare as this. */
export const LONG_MS = 10n ** 12n;

const RETRY_MS = 30_000n; // A sweep that looked at a stream with a rule does not look again sooner.

/** The life as `lib/domain` has it: what was asked, what came of each step, and all events. */
export function playInDomain(life: Life, beginMs: bigint) {
  const player = new Player(life, beginMs);
  const asks: Ask[] = [];
  const agreed: Agreed[] = [];
  const end = { when: { from: "now", ms: 1n }, act: { kind: "close", by: "sender" } } as const;
  for (const { when, act } of [
    { when: { from: "now", ms: 0n } as const, act: { kind: "open" } as const },
    ...life.steps,
    end,
  ]) {
    const ask = player.ask(when, act, `req_${asks.length}`);
    asks.push(ask);
    const refusal = player.play(ask);
    agreed.push(player.look(refusal));
    if (act.kind === "open" && refusal) break;
  }
  return { asks, agreed, events: player.events };
}

class Player {
  readonly events: StreamEvent[] = [];
  private state: StreamState;
  private nowMs: bigint;
  private wallet: bigint;
  private received = 0n;
  private readonly calls: string[] = [];
  private readonly open = new Set<string>();
  private retryMs: bigint | null = null;

  constructor(
    private readonly life: Life,
    beginMs: bigint,
  ) {
    const { rates, depositMs, graceMs, rule } = life;
    const terms = { sender: "0xa", receiver: "0xb", tier: "basic", rate: rates.basic, autoTopUp: rule };
    this.state = pendingStream({ ...terms, depositMs, graceMs });
    this.nowMs = beginMs;
    this.wallet = life.wallet;
  }

  ask(when: Moment, act: Ask["act"], freshId: string): Ask {
    const from = { now: this.nowMs, depletes: depletion(this.state), graceEnd: this.state.graceUntilMs }[
      when.from
    ];
    const far = from !== null && from > this.nowMs + LONG_MS;
    // lib/domain refuses what comes before the start (D0.12); the ledger starts a stream now, so its time is never earlier.
    this.nowMs = larger(
      (far ? this.nowMs : (from ?? this.nowMs)) + when.ms,
      this.state.startedMs ?? this.nowMs,
    );
    return { nowMs: this.nowMs, act, requestId: "call" in act ? (this.calls[act.call] ?? "none") : freshId };
  }

  play({ act, requestId }: Ask): StreamRefusal | undefined {
    switch (act.kind) {
      case "sweep":
        this.sweep();
        return undefined;
      case "serve":
      case "void": // A call ends once: what comes later does not even look at the stream.
        return this.open.delete(requestId) ? this.apply({ kind: act.kind, requestId }) : undefined;
      case "close":
        return this.state.closedMs === null ? this.apply(act) : undefined;
      case "authorise": {
        const refusal = this.apply({ kind: "authorise", requestId, price: act.price });
        if (refusal) return refusal;
        this.calls.push(requestId);
        this.open.add(requestId);
        return undefined;
      }
      case "open":
        return this.apply({ kind: "open", deposit: this.life.deposit, walletBalance: this.wallet });
      case "topUp":
        return this.apply({ ...act, walletBalance: this.wallet });
      case "changeTier":
        return this.apply({ ...act, rate: this.life.rates[act.tier] });
      case "setAutoTopUp":
        return this.apply(act);
      default:
        return this.apply({ kind: act.kind });
    }
  }

  look(refusal: StreamRefusal | undefined): Agreed {
    const atMs = larger(this.nowMs, this.state.lastMs);
    const { state } = advance(this.state, atMs);
    const { accrued, remaining, runwayMs } = streamBalance(state, atMs);
    const { status, funded, used, held, billed, refunded, graceUntilMs, closedMs, closeCause } = state;
    return {
      refusal: refusal ? { code: refusal.code, members: sharedMembers(refusal.extensions) } : null,
      ...{
        status,
        funded,
        accrued,
        used,
        held,
        billed,
        refunded,
        runwayMs: smallerOf(runwayMs, LONG_MS),
        graceUntilMs,
        closedMs,
        closeCause,
      },
      remaining: remaining - refunded,
      minimumTopUp: status === "pending" ? 0n : repairTopUp(state, atMs),
      ...{ wallet: this.wallet, received: this.received },
    };
  }

  private apply(command: StreamCommand): StreamRefusal | undefined {
    const step = applyStreamEvent(this.state, command, this.nowMs);
    this.state = step.state;
    this.events.push(...step.events);
    for (const { kind, amount } of step.postings) {
      if (kind === "bill") this.received += amount;
      else this.wallet += kind === "refund" ? amount : -amount;
    }
    if (!step.refusal || command.kind === "authorise") this.retryMs = null;
    return step.refusal;
  }

  /** A sweep looks at a stream that is due. One that is not must have nothing to gain from it. */
  private sweep(): void {
    const { dueMs, retryMs } = { dueMs: this.dueMs(), retryMs: this.retryMs };
    const before = this.look(undefined);
    if (dueMs === null || dueMs > this.nowMs) {
      if (retryMs !== null && this.state.autoTopUp) return;
      if (this.nowMs < this.state.lastMs) return; // Set back: nothing is due until the clock has caught up.
      const topped = applyStreamEvent(
        this.state,
        { kind: "autoTopUp", walletBalance: this.wallet },
        this.nowMs,
      ).state;
      const { state } = applyStreamEvent(topped, { kind: "tick" }, this.nowMs);
      if (state.status !== before.status || state.funded !== before.funded)
        throw new Error(
          `Not due, but a sweep changes ${before.status} to ${state.status}, funded ${state.funded}.`,
        );
      return;
    }
    this.apply({ kind: "autoTopUp", walletBalance: this.wallet });
    this.apply({ kind: "tick" });
    this.retryMs = this.state.lastMs + RETRY_MS;
  }

  /** When a sweep has something to do: the specification of `due_ms`. */
  private dueMs(): bigint | null {
    const { state, retryMs } = this;
    const emptyMs = depletion(state);
    switch (state.status) {
      case "active": {
        if (emptyMs === null) throw new Error("An active stream depletes at some time.");
        if (!state.autoTopUp) return emptyMs;
        return smallerOf(emptyMs, larger(emptyMs - state.autoTopUp.triggerMs, retryMs ?? 0n));
      }
      case "exhausted":
        return state.autoTopUp && state.graceUntilMs !== null
          ? smallerOf(state.graceUntilMs, retryMs ?? state.lastMs)
          : state.graceUntilMs;
      case "closing":
        return state.held === 0n ? state.lastMs : null;
      default:
        return null;
    }
  }
}

function depletion(state: StreamState): bigint | null {
  const flow = funding(state);
  return flow && depletesMs(flow);
}

const larger = (a: bigint, b: bigint) => (a > b ? a : b);
