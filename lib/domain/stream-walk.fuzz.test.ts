import fc from "fast-check";
import { expect, test } from "vitest";
import { streamBalance } from "./stream-balance";
import type { StreamCommand } from "./stream-command";
import { applyStreamEvent, pendingStream } from "./stream-state";

// A second opinion: a stream that lives millisecond by millisecond, counts in 1/420,000 of a base unit, and knows neither
// fractions, nor segments, nor a formula for when a deposit is empty.
const PERIODS = [1_000, 7_000, 60_000] as const;
const UNIT = 420_000; // of all three periods a multiple

const rates = fc.record({ units: fc.integer({ min: 1, max: 60 }), periodMs: fc.constantFrom(...PERIODS) });
const events = fc.record({
  gapMs: fc.oneof(
    fc.constantFrom(0, 1, 6_999, 7_000, 59_999, 60_000, 60_001),
    fc.integer({ min: 0, max: 90_000 }),
  ),
  kind: fc.constantFrom(
    "topUp",
    "changeTier",
    "pause",
    "resume",
    "call",
    "serve",
    "void",
    "tick",
    "collect",
    "close",
  ),
  rate: rates,
  amount: fc.integer({ min: 0, max: 200 }),
  call: fc.constantFrom("req_1", "req_2"),
});

test("it does what a stream that is walked millisecond by millisecond does", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(
      rates,
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 120_000 }),
      fc.array(events, { minLength: 1, maxLength: 14 }),
      (rate, extra, graceMs, list) => {
        const deposit = Math.ceil((rate.units * 60_000) / rate.periodMs) + extra;
        const walker = new Walker(rate, deposit, graceMs);
        let state = pendingStream({
          sender: "0xa",
          receiver: "0xb",
          tier: "t",
          rate: { amount: BigInt(rate.units), periodMs: BigInt(rate.periodMs) },
          depositMs: 60_000n,
          graceMs: BigInt(graceMs),
          autoTopUp: null,
        });
        state = applyStreamEvent(
          state,
          { kind: "open", deposit: BigInt(deposit), walletBalance: RICH },
          0n,
        ).state;

        for (const event of list) {
          walker.walk(event.gapMs);
          const step = applyStreamEvent(state, toCommand(event), BigInt(walker.nowMs));
          state = step.state;
          const allowed = walker.act(event);
          expect({ ...event, allowed: step.refusal === undefined }).toEqual({ ...event, allowed });

          // A refused event leaves the state where it was; a collect shows what time has done to it.
          state = applyStreamEvent(state, { kind: "collect" }, BigInt(walker.nowMs)).state;
          walker.collect();
          const { accrued } = streamBalance(state, BigInt(walker.nowMs));
          expect({
            status: state.status,
            accrued: Number(accrued),
            funded: Number(state.funded),
            used: Number(state.used),
            held: Number(state.held),
            billed: Number(state.billed),
            refunded: Number(state.refunded),
          }).toEqual(walker.figures());
          seen.set(state.status, (seen.get(state.status) ?? 0) + 1);
        }
      },
    ),
    { numRuns: 10_000 },
  );
  // The property would prove little if random lives never got there.
  for (const status of ["active", "paused", "exhausted", "closing", "settled"])
    expect(seen.get(status) ?? 0, status).toBeGreaterThan(500);
}, 240_000);

const RICH = 10n ** 30n;

type Event = typeof events extends fc.Arbitrary<infer T> ? T : never;
type WalkerRate = Event["rate"];

function toCommand({ kind, rate, amount, call }: Event): StreamCommand {
  switch (kind) {
    case "topUp":
      return { kind, amount: BigInt(amount), walletBalance: RICH };
    case "changeTier":
      return { kind, tier: "t", rate: { amount: BigInt(rate.units), periodMs: BigInt(rate.periodMs) } };
    case "call":
      return { kind: "authorise", requestId: call, price: BigInt(amount) };
    case "serve":
    case "void":
      return { kind, requestId: call };
    case "close":
      return { kind, by: "sender" };
    default:
      return { kind };
  }
}

class Walker {
  nowMs = 0;
  private status = "active";
  private accrued = 0; // in 1 / UNIT
  private used = 0;
  private billed = 0;
  private refunded = 0;
  private graceLeftMs = 0;
  private readonly holds = new Map<string, number>();

  constructor(
    private rate: WalkerRate,
    private funded: number,
    private readonly graceMs: number,
  ) {}

  walk(ms: number): void {
    const pace = this.pace();
    const room = this.room();
    for (let step = 0; step < ms; step++) {
      this.nowMs++;
      if (this.status === "exhausted") this.graceLeftMs--;
      if (this.status !== "active") continue;
      this.accrued += pace;
      if (this.accrued <= room) continue;
      this.accrued = room;
      this.status = "exhausted";
      this.graceLeftMs = this.graceMs;
    }
  }

  /** Whether the event was allowed. */
  act({ kind, rate, amount, call }: Event): boolean {
    const running = this.status === "active" || this.status === "exhausted";
    switch (kind) {
      case "topUp":
        return this.topUp(amount);
      case "changeTier":
        return this.changeTier(rate);
      case "pause":
        if (this.status !== "active") return false;
        this.status = "paused";
        return true;
      case "resume":
        if (this.status !== "paused" || !this.lastsAMinute(this.rate)) return false;
        this.status = "active";
        return true;
      case "call":
        if (!running || this.holds.has(call) || this.status === "exhausted") return false;
        if (this.accrued > this.room() - amount * UNIT) return false;
        if (amount > 0) this.holds.set(call, amount);
        return true;
      case "serve":
        this.used += this.holds.get(call) ?? 0;
        this.holds.delete(call);
        return true;
      case "void":
        this.holds.delete(call);
        return true;
      case "tick":
        if (this.status === "closing" && this.holds.size === 0) this.settle();
        return true; // The end of a grace is found by the collect that follows.
      case "collect":
        return true; // Every event is followed by a collect.
      case "close":
        if (this.status !== "closing" && this.status !== "settled") this.close();
        return true;
    }
  }

  collect(): void {
    if (this.status === "exhausted" && this.graceLeftMs <= 0) this.close();
    this.billed = Math.floor(this.accrued / UNIT) + this.used;
  }

  /** What a collect at this moment shows: it settles a stream whose grace is over. */
  figures() {
    const { funded, used, billed } = this;
    const over = this.status === "exhausted" && this.graceLeftMs <= 0;
    const status = over ? (this.holds.size > 0 ? "closing" : "settled") : this.status;
    const refunded = over && status === "settled" ? funded - billed : this.refunded;
    return {
      status,
      accrued: Math.floor(this.accrued / UNIT),
      funded,
      used,
      held: this.held(),
      billed,
      refunded,
    };
  }

  private topUp(amount: number): boolean {
    if (this.status === "exhausted") {
      const left = this.room() / UNIT - Math.floor(this.accrued / UNIT);
      const minute = Math.ceil((this.rate.units * 60_000) / this.rate.periodMs);
      if (this.graceLeftMs <= 0 || amount < Math.max(1, minute + 1 - left)) return false;
      this.status = "active";
    } else if (!(this.status === "active" || this.status === "paused") || amount < 1) return false;
    this.funded += amount;
    return true;
  }

  private changeTier(rate: WalkerRate): boolean {
    if (this.status !== "paused" && (this.status !== "active" || !this.lastsAMinute(rate))) return false;
    this.rate = rate;
    return true;
  }

  private close(): void {
    this.status = "closing";
    if (this.holds.size === 0) this.settle();
  }

  private settle(): void {
    this.status = "settled";
    this.billed = Math.floor(this.accrued / UNIT) + this.used;
    this.refunded = this.funded - this.billed;
  }

  private lastsAMinute({ units, periodMs }: WalkerRate): boolean {
    return this.accrued + units * (UNIT / periodMs) * 60_000 <= this.room();
  }

  private pace(): number {
    return this.rate.units * (UNIT / this.rate.periodMs);
  }

  private room(): number {
    return (this.funded - this.used - this.held()) * UNIT;
  }

  private held(): number {
    return [...this.holds.values()].reduce((sum, price) => sum + price, 0);
  }
}
