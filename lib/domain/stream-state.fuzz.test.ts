import fc from "fast-check";
import { expect, test } from "vitest";
import { accruedExact } from "./accrual";
import { compareFractions, fraction } from "./fraction";
import { PERIODS_MS, type Rate } from "./rate";
import { available, exactAccrual } from "./stream-balance";
import type { StreamCommand } from "./stream-command";
import { applyStreamEvent, pendingStream, type StreamState } from "./stream-state";

const runs = { numRuns: 10_000 };
const TIMEOUT_MS = 240_000;
const RICH = 10n ** 60n;
const START_MS = 1_700_000_000_000n;

type Timed = { readonly event: StreamCommand; readonly gapMs: bigint };

const rates: fc.Arbitrary<Rate> = fc.record({
  amount: fc.oneof(fc.bigInt({ min: 1n, max: 1_000n }), fc.bigInt({ min: 1n, max: 10n ** 24n })),
  periodMs: fc.oneof(fc.constantFrom(...Object.values(PERIODS_MS)), fc.bigInt({ min: 1n, max: 10n ** 6n })),
});
const amounts = fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 6n }), fc.bigInt({ min: 0n, max: 10n ** 26n }));
const gaps = fc.oneof(
  fc.constantFrom(0n, 1n, 59_999n, 60_000n, PERIODS_MS.hour),
  fc.bigInt({ min: 0n, max: 3n * PERIODS_MS.day }),
);
const calls = fc.constantFrom("req_1", "req_2", "req_3");
const rules = fc.option(
  fc.record({
    triggerMs: fc.bigInt({ min: 1n, max: PERIODS_MS.day }),
    chunkMs: fc.bigInt({ min: 1n, max: PERIODS_MS.day }),
    dailyMax: amounts,
    expiresMs: fc.option(fc.constant(START_MS + 3n * PERIODS_MS.day)),
  }),
);

/** Everything that moves money or stops a flow. */
const moves: fc.Arbitrary<StreamCommand> = fc.oneof(
  fc.record({
    kind: fc.constant("topUp" as const),
    amount: amounts,
    walletBalance: fc.oneof(amounts, fc.constant(RICH)),
  }),
  fc.record({ kind: fc.constant("changeTier" as const), tier: fc.constant("other"), rate: rates }),
  fc.record({ kind: fc.constantFrom("pause" as const, "resume" as const) }),
  fc.record({ kind: fc.constant("authorise" as const), requestId: calls, price: amounts }),
  fc.record({ kind: fc.constantFrom("serve" as const, "void" as const), requestId: calls }),
);
/** What anybody may do at any time without changing what is owed. */
const looks: fc.Arbitrary<StreamCommand> = fc.oneof(
  fc.record({ kind: fc.constantFrom("tick" as const, "collect" as const) }),
  fc.record({
    kind: fc.constant("authorise" as const),
    requestId: fc.constant("req_free"),
    price: fc.constant(0n),
  }),
);
const rest: fc.Arbitrary<StreamCommand> = fc.oneof(
  fc.record({ kind: fc.constant("autoTopUp" as const), walletBalance: fc.oneof(amounts, fc.constant(RICH)) }),
  fc.record({ kind: fc.constant("setAutoTopUp" as const), rule: rules }),
  fc.record({
    kind: fc.constant("close" as const),
    by: fc.constantFrom("sender" as const, "receiver" as const),
  }),
  fc.record({ kind: fc.constant("open" as const), deposit: amounts, walletBalance: fc.constant(RICH) }),
);
const openings = fc.record({
  rate: rates,
  depositMs: fc.bigInt({ min: 1n, max: PERIODS_MS.day }),
  graceMs: fc.bigInt({ min: 0n, max: PERIODS_MS.day }),
  autoTopUp: rules,
  extra: amounts,
});

test(
  "whatever happens, the books balance, time and accrual only grow, and a closed stream leaves 0",
  () => {
    const event = fc.oneof(
      { weight: 6, arbitrary: moves },
      { weight: 2, arbitrary: looks },
      { weight: 1, arbitrary: rest },
    );
    fc.assert(
      fc.property(
        openings,
        fc.array(fc.record({ event, gapMs: gaps }), { maxLength: 25 }),
        (opening, events) => {
          const books = { wallet: RICH, escrow: 0n, receiver: 0n };
          let state = pending(opening);
          let atMs = START_MS;
          let toldMs = START_MS;
          const run = (command: StreamCommand, gapMs: bigint) => {
            atMs += gapMs;
            const before = state;
            const step = applyStreamEvent(before, command, atMs);
            state = step.state;
            for (const told of step.events) {
              expect(told.atMs >= toldMs && told.atMs <= atMs).toBe(true);
              toldMs = told.atMs;
            }
            for (const { from, to, amount } of step.postings) {
              expect(amount > 0n).toBe(true);
              books[from] -= amount;
              books[to] += amount;
            }
            checkGrowth(before, state);
            checkBalance(state, books);
          };

          run({ kind: "open", deposit: deposit(opening), walletBalance: RICH }, 0n);
          for (const { event: command, gapMs } of events) run(command, gapMs);
          for (const requestId of Object.keys(state.holds)) run({ kind: "serve", requestId }, 1n);
          run({ kind: "close", by: "sender" }, 0n);
          run({ kind: "tick" }, 0n);

          expect(state.status).toBe("settled");
          expect(books).toEqual({ wallet: RICH - state.billed, escrow: 0n, receiver: state.billed });
          expect(state.billed + state.refunded).toBe(state.funded);
        },
      ),
      runs,
    );
  },
  TIMEOUT_MS,
);

test(
  "it never matters when or how often anybody looks: sweeps, collects and free calls change no settlement",
  () => {
    const plan = fc.array(
      fc.record({
        event: moves,
        gapMs: gaps,
        noise: fc.array(fc.tuple(looks, fc.nat(100)), { maxLength: 4 }),
      }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(openings, plan, gaps, (opening, steps, lastGapMs) => {
        const quiet = steps.map(({ event, gapMs }) => ({ event, gapMs }));
        const noisy = steps.flatMap(({ event, gapMs, noise }) => spread(event, gapMs, noise));
        const a = settled(opening, quiet, lastGapMs);
        const b = settled(opening, noisy, lastGapMs);
        expect([b.funded, b.billed, b.refunded]).toEqual([a.funded, a.billed, a.refunded]);
      }),
      runs,
    );
  },
  TIMEOUT_MS,
);

test(
  "top-ups and calls of one moment may come in any order: the settlement is the same",
  () => {
    const together = fc.array(
      fc.oneof(
        fc.record({
          kind: fc.constant("topUp" as const),
          amount: fc.bigInt({ min: 1n, max: 10n ** 20n }),
          walletBalance: fc.constant(RICH),
        }),
        fc.record({ kind: fc.constantFrom("collect" as const, "tick" as const) }),
        fc.record({
          kind: fc.constantFrom("serve" as const, "void" as const),
          requestId: fc.constant("nobody's"),
        }),
      ),
      { minLength: 2, maxLength: 8 },
    );
    fc.assert(
      fc.property(
        openings,
        together.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        fc.double({ min: 0, max: 1, noNaN: true }),
        gaps,
        (opening, [list, shuffled], share, lastGapMs) => {
          // Within the time that the first deposit pays for, so that each top-up meets the same active stream.
          const firstGapMs = (opening.depositMs * BigInt(Math.floor(share * 1_000))) / 1_000n;
          const at = (events: readonly StreamCommand[]) =>
            events.map((event, index) => ({ event, gapMs: index === 0 ? firstGapMs : 0n }));
          const a = settled(opening, at(list), lastGapMs);
          const b = settled(opening, at(shuffled), lastGapMs);
          expect([b.funded, b.billed, b.refunded]).toEqual([a.funded, a.billed, a.refunded]);
        },
      ),
      runs,
    );
  },
  TIMEOUT_MS,
);

type Opening = typeof openings extends fc.Arbitrary<infer T> ? T : never;

function pending({ rate, depositMs, graceMs, autoTopUp }: Opening): StreamState {
  return pendingStream({
    sender: "0xa",
    receiver: "0xb",
    tier: "first",
    rate,
    depositMs,
    graceMs,
    autoTopUp,
  });
}

function deposit({ rate, depositMs, extra }: Opening): bigint {
  return (rate.amount * depositMs) / rate.periodMs + 1n + extra;
}

/** Opens, lives through the events, ends every call, closes. */
function settled(opening: Opening, events: readonly Timed[], lastGapMs: bigint): StreamState {
  const open: StreamCommand = { kind: "open", deposit: deposit(opening), walletBalance: RICH };
  let state = applyStreamEvent(pending(opening), open, START_MS).state;
  let atMs = START_MS;
  for (const { event, gapMs } of events) {
    atMs += gapMs;
    state = applyStreamEvent(state, event, atMs).state;
  }
  atMs += lastGapMs;
  for (const requestId of Object.keys(state.holds))
    state = applyStreamEvent(state, { kind: "void", requestId }, atMs).state;
  state = applyStreamEvent(state, { kind: "close", by: "receiver" }, atMs).state;
  state = applyStreamEvent(state, { kind: "tick" }, atMs).state;
  expect(state.status).toBe("settled");
  return state;
}

/** The event at the same moment as without the noise, which falls somewhere in the gap before it. */
function spread(
  event: StreamCommand,
  gapMs: bigint,
  noise: readonly (readonly [StreamCommand, number])[],
): Timed[] {
  const moments = noise
    .map(([command, percent]) => ({ command, atMs: (gapMs * BigInt(percent)) / 100n }))
    .sort((a, b) => Number(a.atMs - b.atMs));
  const timed = moments.map(({ command, atMs }, index) => ({
    event: command,
    gapMs: atMs - (moments[index - 1]?.atMs ?? 0n),
  }));
  return [...timed, { event, gapMs: gapMs - (moments.at(-1)?.atMs ?? 0n) }];
}

function checkGrowth(before: StreamState, after: StreamState): void {
  expect(after.lastMs >= before.lastMs).toBe(true);
  expect(after.billed >= before.billed && after.refunded >= before.refunded).toBe(true);
  expect(after.funded >= before.funded && after.used >= before.used).toBe(true);
  expect(
    compareFractions(exactAccrual(before, before.lastMs), exactAccrual(after, after.lastMs)),
  ).toBeLessThanOrEqual(0);
}

function checkBalance(state: StreamState, books: { escrow: bigint; receiver: bigint }): void {
  const exact = exactAccrual(state, state.lastMs);
  expect(books.escrow >= 0n).toBe(true);
  expect(books.escrow).toBe(state.funded - state.billed - state.refunded);
  expect(books.receiver).toBe(state.billed);
  expect(state.held).toBe(Object.values(state.holds).reduce((sum, price) => sum + price, 0n));
  expect(compareFractions(exact, fraction(available(state)))).toBeLessThanOrEqual(0);
  expect(accruedExact(state.segments, state.lastMs)).toEqual(exact);
  expect((state.status === "active") === (state.segmentStartMs !== null)).toBe(true);
}
