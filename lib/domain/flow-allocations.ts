import { divFloor, smallerOf } from "./amount";
import { addFractions, type Fraction, floorFraction, fraction } from "./fraction";

/**
 * One change of a Superfluid flow from a sender to a receiver: `rate` in base units a second, 0 when it ends. `table` is what
 * the sender said of it in the same transaction (`userData`): which listing gets how much, null when it said nothing that can be read.
 */
export type FlowEvent = {
  readonly rate: bigint;
  readonly table: readonly Allocation[] | null;
  readonly atMs: bigint;
  readonly tx: string;
  /** Deep enough to count on. */
  readonly confirmed: boolean;
  /** Ended by somebody because the sender's balance had turned critical. */
  readonly liquidated: boolean;
};

/** `tag`: which listing of the receiver; `rate`: base units a second, > 0. */
export type Allocation = { readonly tag: bigint; readonly rate: bigint };

export type AllocationSegment = {
  readonly rate: bigint;
  readonly startMs: bigint;
  readonly endMs: bigint | null;
  /** Exact accrual of the whole life at its end. */
  readonly accrued: Fraction | null;
};

/** What one listing gets of a flow, from when it first got some until it got none. `nth` counts the lives of a tag from 0. */
export type AllocationLife = {
  readonly tag: bigint;
  readonly nth: number;
  readonly openedTx: string;
  readonly segments: readonly AllocationSegment[];
  readonly closedMs: bigint | null;
  readonly closeCause: "sender" | "liquidated" | null;
};

/**
 * Divides a flow among the listings of its receiver. CFA knows one flow a pair, so several plans with one provider share it: the sum of
 * what they get never exceeds the rate. A table whose sum does is not believed: what was before stays, cut to the rate, the newest
 * first. More counts when its block is confirmed, less at once. A flow that ends takes with it what was said of it.
 *
 * @param events of one flow, oldest first
 * @param terms.sole the listing that a flow buys whose sender says nothing, by all changes from its opening to its end; null when that cannot be told
 * @param terms.least base units a second below which the nth life of a listing has no price: it gets nothing then; null: no such listing
 */
export function allocateFlow(
  events: readonly FlowEvent[],
  terms: {
    sole: (run: readonly FlowEvent[]) => bigint | null;
    least: (tag: bigint, nth: number) => bigint | null;
  },
): AllocationLife[] {
  const lives: Draft[] = [];
  let current: readonly Allocation[] = [];
  let told = false;
  let sole: bigint | null = null;
  let runs = false;
  for (const [at, event] of events.entries()) {
    if (!runs) sole = terms.sole(runFrom(events, at));
    told ||= event.table !== null;
    const asked = event.table ?? (told ? current : alone(sole, event.rate));
    const wanted = fitInto(event.rate, asked, current);
    current = event.confirmed ? wanted : smaller(current, wanted);
    follow(lives, current, event, terms.least);
    runs = event.rate > 0n;
    told &&= runs;
  }
  return lives;
}

type Draft = { -readonly [Key in keyof AllocationLife]: AllocationLife[Key] } & {
  segments: AllocationSegment[];
};

/** The changes of a flow from the one at `at` to its end, or to the last. */
function runFrom(events: readonly FlowEvent[], at: number): readonly FlowEvent[] {
  const end = events.findIndex(({ rate }, n) => n >= at && rate === 0n);
  return events.slice(at, end === -1 ? undefined : end + 1);
}

function alone(tag: bigint | null, rate: bigint): readonly Allocation[] {
  return tag === null || rate === 0n ? [] : [{ tag, rate }];
}

/** The table if the flow carries it, else what was before as far as the flow carries that. */
function fitInto(
  rate: bigint,
  table: readonly Allocation[],
  before: readonly Allocation[],
): readonly Allocation[] {
  const tags = new Set(table.map(({ tag }) => tag));
  const sound = tags.size === table.length && table.every((of) => of.rate > 0n);
  if (sound && sum(table) <= rate) return table;
  let left = rate;
  return before.flatMap(({ tag, rate: had }) => {
    const gets = smallerOf(had, left);
    left -= gets;
    return gets > 0n ? [{ tag, rate: gets }] : [];
  });
}

function smaller(before: readonly Allocation[], after: readonly Allocation[]): readonly Allocation[] {
  return before.flatMap(({ tag, rate }) => {
    const to = after.find((of) => of.tag === tag)?.rate ?? 0n;
    const gets = smallerOf(to, rate);
    return gets > 0n ? [{ tag, rate: gets }] : [];
  });
}

/** Starts, changes and ends lives so that they are what `now` says. */
function follow(
  lives: Draft[],
  now: readonly Allocation[],
  { atMs, tx, liquidated }: FlowEvent,
  least: (tag: bigint, nth: number) => bigint | null,
): void {
  for (const life of lives) {
    const running = life.segments.at(-1);
    if (life.closedMs !== null || !running) continue;
    const rate = now.find(({ tag }) => tag === life.tag)?.rate ?? 0n;
    if (rate === running.rate) continue;
    endSegment(life, atMs);
    if (isPriced(rate, least(life.tag, life.nth)))
      life.segments.push({ rate, startMs: atMs, endMs: null, accrued: null });
    else Object.assign(life, { closedMs: atMs, closeCause: liquidated ? "liquidated" : "sender" });
  }
  for (const { tag, rate } of now) {
    const earlier = lives.filter((life) => life.tag === tag);
    if (earlier.at(-1)?.closedMs === null || !isPriced(rate, least(tag, earlier.length))) continue;
    const segments = [{ rate, startMs: atMs, endMs: null, accrued: null }];
    lives.push({ tag, nth: earlier.length, openedTx: tx, segments, closedMs: null, closeCause: null });
  }
}

function isPriced(rate: bigint, least: bigint | null): boolean {
  return least !== null && rate > 0n && rate >= least;
}

function endSegment(life: Draft, atMs: bigint): void {
  const last = life.segments.at(-1);
  if (!last) throw new Error("A life has a segment.");
  const carried = life.segments.at(-2)?.accrued ?? fraction(0n);
  const accrued = addFractions(carried, fraction(last.rate * (atMs - last.startMs), 1_000n));
  life.segments[life.segments.length - 1] = { ...last, endMs: atMs, accrued };
}

function sum(table: readonly Allocation[]): bigint {
  return table.reduce((total, { rate }) => total + rate, 0n);
}

/** What a life has brought by its last change, whole base units. */
export function accruedAtLastChange(life: AllocationLife): bigint {
  const done = life.segments.findLast(({ accrued }) => accrued !== null)?.accrued;
  return done ? floorFraction(done) : 0n;
}

/** An account of a super token at a moment: what it can still spend (negative: critical), and how that moves a second. */
export type RealTimeBalance = {
  readonly available: bigint;
  readonly netPerSecond: bigint;
  readonly atMs: bigint;
};

/**
 * The first moment at which the balance is below zero, so that anybody may end the account's flows (`isAccountCriticalNow`): ms, on a
 * whole second as the chain counts. Of an account that only gets less it is the same whenever one looks, before and after. Null
 * when it never comes; the moment of the look when the account is critical and getting better.
 */
export function criticalAtMs({ available, netPerSecond, atMs }: RealTimeBalance): bigint | null {
  if (netPerSecond < 0n) return atMs + (divFloor(available, -netPerSecond) + 1n) * 1_000n;
  return available < 0n ? atMs : null;
}

/** A flow that nothing ends is taken to be funded for so long: a hundred years. */
const ENDLESS_MS = 100n * 365n * 86_400_000n;

/**
 * What a running life will have brought, in whole base units, when the sender's balance turns critical: the most that leaves the last
 * served millisecond before that moment.
 */
export function fundedByBalance(life: AllocationLife, balance: RealTimeBalance): bigint {
  const running = life.segments.at(-1);
  if (!running) throw new Error("A life has a segment.");
  const carried = life.segments.at(-2)?.accrued ?? fraction(0n);
  const untilMs = criticalAtMs(balance) ?? running.startMs + ENDLESS_MS;
  const ms = untilMs > running.startMs ? untilMs - running.startMs : 0n;
  const whole = floorFraction(addFractions(carried, fraction(running.rate * ms, 1_000n)));
  const least = floorFraction(carried);
  return whole - 1n > least ? whole - 1n : least;
}
