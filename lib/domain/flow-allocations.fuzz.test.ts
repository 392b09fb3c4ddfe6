import fc from "fast-check";
import { expect, test } from "vitest";
import { accruedAtLastChange, allocateFlow, criticalAtMs, type FlowEvent } from "./flow-allocations";

const base = { table: null, confirmed: true, liquidated: false } as const;
const A = 11n;
const B = 22n;
const least = () => 1n;
const event = (rate: bigint, atMs: bigint, table: FlowEvent["table"]): FlowEvent => ({
  ...{ ...base, rate, atMs, table, tx: `0x${atMs}` },
});
const none = { sole: () => null, least };

test("a flow whose sender said nothing is for the only listing of its receiver, and brings rate × time", () => {
  const events: FlowEvent[] = [
    { ...base, rate: 100n, atMs: 1_000n, tx: "0x1" },
    { ...base, rate: 200n, atMs: 11_000n, tx: "0x2", table: [{ tag: A, rate: 150n }] },
    { ...base, rate: 0n, atMs: 21_000n, tx: "0x3" },
  ];
  expect(allocateFlow(events, { sole: () => A, least })).toEqual([
    {
      tag: A,
      nth: 0,
      openedTx: "0x1",
      segments: [
        { rate: 100n, startMs: 1_000n, endMs: 11_000n, accrued: { num: 1_000n, den: 1n } },
        { rate: 150n, startMs: 11_000n, endMs: 21_000n, accrued: { num: 2_500n, den: 1n } },
      ],
      closedMs: 21_000n,
      closeCause: "sender",
    },
  ]);
  expect(allocateFlow(events.slice(0, 1), none)).toEqual([]);
  const raised = { ...base, rate: 300n, atMs: 2_000n, tx: "0x2" };
  expect(
    allocateFlow([...events.slice(0, 1), raised], { sole: () => A, least })[0]?.segments.at(-1)?.rate,
  ).toBe(300n);
});

test("a flow whose sender said nothing stays with what it was opened for, until it ends and is opened for something else", () => {
  const events = [
    event(100n, 0n, null),
    event(300n, 10_000n, null),
    event(0n, 20_000n, null),
    event(300n, 30_000n, null),
  ];
  const asked: bigint[][] = [];
  const sole = (run: readonly FlowEvent[]) => {
    asked.push(run.map(({ rate }) => rate));
    return run[0]?.rate === 100n ? A : B;
  };
  expect(
    allocateFlow(events, { sole, least }).map(({ tag, nth, closedMs }) => ({ tag, nth, closedMs })),
  ).toEqual([
    { tag: A, nth: 0, closedMs: 20_000n },
    { tag: B, nth: 0, closedMs: null },
  ]);
  expect(asked).toEqual([[100n, 300n, 0n], [300n]]);
});

test("what was said of a flow that has ended says nothing of the next", () => {
  const events = [
    event(100n, 0n, [{ tag: B, rate: 100n }]),
    event(0n, 10_000n, []),
    event(100n, 20_000n, null),
  ];
  expect(allocateFlow(events, { sole: () => A, least }).map(({ tag }) => tag)).toEqual([B, A]);
});

test("two plans share one flow: the second starts with the update that makes room for it, and the first runs on", () => {
  const events: FlowEvent[] = [
    { ...base, rate: 100n, atMs: 0n, tx: "0x1", table: [{ tag: A, rate: 100n }] },
    {
      ...base,
      rate: 150n,
      atMs: 5_000n,
      tx: "0x2",
      table: [
        { tag: A, rate: 100n },
        { tag: B, rate: 50n },
      ],
    },
  ];
  const [first, second] = allocateFlow(events, none);
  expect(first?.segments).toEqual([{ rate: 100n, startMs: 0n, endMs: null, accrued: null }]);
  expect(second).toMatchObject({ tag: B, openedTx: "0x2", segments: [{ rate: 50n, startMs: 5_000n }] });
});

test("a table that asks for more than flows is not believed, one that names a listing twice neither", () => {
  const opened = { ...base, rate: 100n, atMs: 0n, tx: "0x1", table: [{ tag: A, rate: 100n }] };
  const greedy = [
    [
      { tag: A, rate: 100n },
      { tag: B, rate: 100n },
    ],
    [
      { tag: B, rate: 10n },
      { tag: B, rate: 20n },
    ],
    [{ tag: B, rate: -5n }],
  ];
  for (const table of greedy) {
    const [life, ...others] = allocateFlow(
      [opened, { ...base, rate: 120n, atMs: 1_000n, tx: "0x2", table }],
      none,
    );
    expect(others).toEqual([]);
    expect(life?.segments).toEqual([{ rate: 100n, startMs: 0n, endMs: null, accrued: null }]);
  }
});

test("a flow that is lowered without a word takes from the newest first", () => {
  const lives = allocateFlow(
    [
      {
        ...base,
        rate: 150n,
        atMs: 0n,
        tx: "0x1",
        table: [
          { tag: A, rate: 100n },
          { tag: B, rate: 50n },
        ],
      },
      { ...base, rate: 100n, atMs: 1_000n, tx: "0x2" },
    ],
    none,
  );
  expect(lives.map(({ tag, closedMs }) => [tag, closedMs])).toEqual([
    [A, null],
    [B, 1_000n],
  ]);
});

test("below the price of every tier nothing is bought: the life ends, and another begins when enough flows again", () => {
  const rates = [100n, 99n, 150n];
  const events = rates.map(
    (rate, n): FlowEvent => ({ ...base, rate, atMs: BigInt(n) * 1_000n, tx: `0x${n}` }),
  );
  const lives = allocateFlow(events, { sole: () => A, least: () => 100n });
  expect(lives.map(({ nth, openedTx, closedMs }) => [nth, openedTx, closedMs])).toEqual([
    [0, "0x0", 1_000n],
    [1, "0x2", null],
  ]);
  expect(allocateFlow(events, { sole: () => A, least: () => null })).toEqual([]);
});

test("what opens again is another life; a liquidation is told from a close", () => {
  const lives = allocateFlow(
    [
      { ...base, rate: 10n, atMs: 0n, tx: "0x1" },
      { ...base, rate: 0n, atMs: 1_000n, tx: "0x2", liquidated: true },
      { ...base, rate: 10n, atMs: 2_000n, tx: "0x3" },
    ],
    { sole: () => A, least },
  );
  expect(lives.map(({ nth, openedTx, closeCause }) => [nth, openedTx, closeCause])).toEqual([
    [0, "0x1", "liquidated"],
    [1, "0x3", null],
  ]);
});

const flow = fc.array(
  fc.record({
    rate: fc.bigInt(0n, 1_000n),
    wait: fc.bigInt(0n, 100n),
    confirmed: fc.boolean(),
    table: fc.option(
      fc.array(fc.record({ tag: fc.bigInt(1n, 3n), rate: fc.bigInt(-5n, 800n) }), { maxLength: 3 }),
      { nil: null },
    ),
  }),
  { maxLength: 15 },
);

test("never is more given out than flows, at any moment; what is not confirmed gives nobody more", () => {
  fc.assert(
    fc.property(flow, (steps) => {
      let atMs = 0n;
      const events = steps.map((step, n): FlowEvent => {
        atMs += step.wait * 1_000n + 1_000n; // two changes in one second are one moment of the chain
        return { ...step, atMs, tx: `0x${n}`, liquidated: false };
      });
      const running = (upTo: number) =>
        new Map(
          allocateFlow(events.slice(0, upTo), { sole: () => 1n, least })
            .filter(({ closedMs }) => closedMs === null)
            .map(({ tag, segments }) => [tag, segments.at(-1)?.rate ?? 0n]),
        );
      for (const [n, event] of events.entries()) {
        const [before, after] = [running(n), running(n + 1)];
        expect([...after.values()].reduce((total, rate) => total + rate, 0n) <= event.rate).toBe(true);
        if (!event.confirmed)
          for (const [tag, rate] of after) expect(rate <= (before.get(tag) ?? 0n)).toBe(true);
      }
      for (const life of allocateFlow(events, { sole: () => 1n, least })) {
        const whole = life.segments.reduce(
          (total, { rate, startMs, endMs }) =>
            total + (endMs === null ? 0n : (rate * (endMs - startMs)) / 1_000n),
          0n,
        );
        expect(accruedAtLastChange(life)).toBe(whole);
      }
    }),
  );
});

test("an account turns critical in the second after its balance is spent, or never", () => {
  expect(criticalAtMs({ available: 100n, netPerSecond: -10n, atMs: 5_000n })).toBe(16_000n); // 100 − 110 < 0
  expect(criticalAtMs({ available: 0n, netPerSecond: -10n, atMs: 5_000n })).toBe(6_000n);
  expect(criticalAtMs({ available: -1n, netPerSecond: 10n, atMs: 5_000n })).toBe(5_000n);
  expect(criticalAtMs({ available: 100n, netPerSecond: 0n, atMs: 5_000n })).toBeNull();
  expect(criticalAtMs({ available: -100n, netPerSecond: -10n, atMs: 27_000n })).toBe(18_000n); // 100 at 7 s
});

test("when an account turns critical does not depend on when one looks", () => {
  const amounts = fc.bigInt(-(10n ** 24n), 10n ** 24n);
  fc.assert(
    fc.property(amounts, fc.bigInt(1n, 10n ** 18n), fc.bigInt(0n, 10n ** 6n), (available, spends, later) => {
      const look = { available, netPerSecond: -spends, atMs: 1_000n };
      const again = { ...look, available: available - spends * later, atMs: look.atMs + later * 1_000n };
      expect(criticalAtMs(again)).toBe(criticalAtMs(look));
    }),
  );
});
