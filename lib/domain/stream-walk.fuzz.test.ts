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

          // A refused event leaves the state where it was; a tick shows what time has done to it.
          const shown = applyStreamEvent(state, { kind: "collect" }, BigInt(walker.nowMs)).state;
          walker.collect();
          const { accrued } = streamBalance(shown, BigInt(walker.nowMs));
          expect({
            status: shown.status,
            accrued: Number(accrued),
            funded: Number(shown.funded),
            used: Number(shown.used),
            held: Number(shown.held),
            billed: Number(shown.billed),
            refunded: Number(shown.refunded),
          }).toEqual(walker.figures());
          seen.set(shown.status, (seen.get(shown.status) ?? 0) + 1);
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
        if (this.status === "exhausted" && this.graceLeftMs <= 0) this.close();
        else if (this.status === "closing" && this.holds.size === 0) this.settle();
        return true;
      case "collect":
        return true; // Every event is followed by a collect.
      case "close":
        if (this.status !== "closing" && this.status !== "settled") this.close();
        return true;
    }
  }

  collect(): void {
    this.billed = Math.floor(this.accrued / UNIT) + this.used;
  }

  figures() {
    const { status, funded, used, billed, refunded } = this;
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
    this.collect();
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
