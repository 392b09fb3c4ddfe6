import fc from "fast-check";
import { expect, test } from "vitest";
import { type EscrowEvent, type EscrowStream, foldEscrowStream, tierPaidBy } from "./escrow-stream";
import { floorFraction } from "./fraction";
import { perDay, rate } from "./rate";

const sender = "0x00000000000000000000000000000000000000a1";
const receiver = "0x00000000000000000000000000000000000000b2";
const START_S = 1_800_000_000n;

/** `StreamPay` in a few lines: what the contract does, in whole seconds, and the events it writes. */
function contractLife(life: { deposit: bigint; duration: bigint; steps: Step[] }) {
  const events: EscrowEvent[] = [];
  let [deposit, withdrawn, now] = [life.deposit, 0n, START_S];
  let open = true;
  let refund = 0n;
  const accrued = () => {
    const earned = (life.deposit * (now - START_S)) / life.duration;
    return earned < deposit ? earned : deposit;
  };
  const end = () => START_S + (deposit * life.duration + life.deposit - 1n) / life.deposit;
  const emit = (change: Record<string, unknown>) =>
    events.push({
      atMs: now * 1000n,
      tx: `0x${events.length}`,
      nth: 0,
      confirmed: true,
      ...change,
    } as EscrowEvent);
  emit({
    kind: "created",
    sender,
    receiver,
    token: "0xt",
    deposit: life.deposit,
    durationMs: life.duration * 1000n,
    tag: 7n,
  });
  for (const { wait, what, amount } of life.steps) {
    now += wait;
    if (!open) break;
    if (what === "top up" && now < end()) {
      deposit += amount;
      emit({ kind: "topped-up", amount, deposit });
    }
    if (what === "pay" && accrued() > withdrawn) {
      emit({ kind: "paid", amount: accrued() - withdrawn });
      withdrawn = accrued();
    }
    if (what === "cancel" && deposit > withdrawn) {
      refund = deposit - accrued();
      emit({ kind: "cancelled", by: sender, toReceiver: accrued() - withdrawn, refund });
      withdrawn = accrued();
      open = false;
    }
    if (deposit === withdrawn) open = false;
  }
  return { events, deposit, withdrawn, refund, open };
}

type Step = { wait: bigint; what: "top up" | "pay" | "cancel"; amount: bigint };
const life = fc.record({
  deposit: fc.bigInt(1n, 10n ** 24n),
  duration: fc.bigInt(1n, 31_536_000n),
  steps: fc.array(
    fc.record({
      wait: fc.bigInt(0n, 10_000_000n),
      what: fc.constantFrom("top up", "pay", "cancel"),
      amount: fc.bigInt(1n, 10n ** 24n),
    }) as fc.Arbitrary<Step>,
    { maxLength: 12 },
  ),
});

test("given any life that the contract allows, the fold has its money to the unit, and what is over is over", () => {
  fc.assert(
    fc.property(life, (lived) => {
      const contract = contractLife(lived);
      const folded = foldEscrowStream(contract.events) as EscrowStream;
      expect([folded.funded, folded.billed, folded.refunded]).toEqual([
        contract.deposit,
        contract.withdrawn,
        contract.refund,
      ]);
      expect(folded.status).toBe(contract.open ? "active" : "settled");
      if (!contract.open) {
        expect(folded.billed + folded.refunded).toBe(folded.funded);
        expect(floorFraction(folded.end?.accrued ?? { num: -1n, den: 1n })).toBe(folded.billed);
      }
      const moved = folded.movements.map(({ kind, amount }) =>
        kind === "deposit" || kind === "top-up" ? amount : -amount,
      );
      expect(moved.reduce((sum, amount) => sum + amount, 0n)).toBe(
        contract.deposit - contract.withdrawn - contract.refund,
      );
    }),
    { numRuns: 1_000 },
  );
});

const opened: EscrowEvent = {
  kind: "created",
  sender,
  receiver,
  token: "0xt",
  deposit: 6_000n,
  durationMs: 60_000n,
  tag: 7n,
  atMs: 1_000_000n,
  tx: "0xopen",
  nth: 0,
  confirmed: true,
};
const cancelled: EscrowEvent = {
  kind: "cancelled",
  by: receiver,
  toReceiver: 400n,
  refund: 5_600n,
  atMs: 1_004_000n,
  tx: "0xclose",
  nth: 0,
  confirmed: true,
};

test("the recorded demo of the reference: closed after 4 of 60 s, 400 are paid and 5,600 come back", () => {
  expect(foldEscrowStream([opened, cancelled])).toMatchObject({
    status: "settled",
    funded: 6_000n,
    billed: 400n,
    refunded: 5_600n,
    closedMs: 1_004_000n,
    closeCause: "receiver",
    end: { ms: 1_004_000n, cause: "close", accrued: { num: 400n, den: 1n } },
    movements: [
      { kind: "deposit", amount: 6_000n, tx: "0xopen" },
      { kind: "settle", amount: 400n, tx: "0xclose" },
      { kind: "refund", amount: 5_600n, tx: "0xclose" },
    ],
  });
});

test("an opening that is not confirmed is no stream, a top-up that is not confirmed funds nothing", () => {
  expect(foldEscrowStream([{ ...opened, confirmed: false }])).toBeNull();
  const topUp: EscrowEvent = {
    kind: "topped-up",
    amount: 1_000n,
    deposit: 7_000n,
    atMs: 1_001_000n,
    tx: "0xtop",
    nth: 0,
    confirmed: false,
  };
  expect(foldEscrowStream([opened, topUp])).toMatchObject({ funded: 6_000n, status: "active" });
  expect(foldEscrowStream([opened, { ...topUp, confirmed: true }])?.funded).toBe(7_000n);
});

test("a close that is not confirmed stops the stream and moves no money yet", () => {
  expect(foldEscrowStream([opened, { ...cancelled, confirmed: false }])).toMatchObject({
    status: "closing",
    billed: 0n,
    refunded: 0n,
    closedMs: 1_004_000n,
    movements: [{ kind: "deposit" }],
  });
});

test("taking out the last unit after the end closes it, at the millisecond it ran dry", () => {
  const paid: EscrowEvent = {
    kind: "paid",
    amount: 6_000n,
    atMs: 1_100_000n,
    tx: "0xpay",
    nth: 0,
    confirmed: true,
  };
  expect(foldEscrowStream([opened, paid])).toMatchObject({
    status: "settled",
    closeCause: "ended",
    closedMs: 1_060_001n,
    refunded: 0n,
  });
});

test("events that begin with no opening, or open twice, are a bug and not a stream", () => {
  expect(() => foldEscrowStream([cancelled])).toThrow("A stream begins with its opening, not: cancelled.");
  expect(() => foldEscrowStream([opened, opened])).toThrow("A stream is opened once.");
  expect(foldEscrowStream([])).toBeNull();
});

test("a stream buys the fastest tier that it pays for, whatever the decimals of its token", () => {
  const tiers = [10n, 1n, 100n].map((dollars) => ({
    name: `${dollars}`,
    rate: perDay(dollars * 10n ** 18n),
  }));
  const worth = 10n ** 12n; // USDC has 6 decimals.
  expect(tierPaidBy(perDay(10_000_000n), worth, tiers)?.name).toBe("10");
  expect(tierPaidBy(perDay(9_999_999n), worth, tiers)?.name).toBe("1");
  expect(tierPaidBy(rate(1n, 1_000n), worth, tiers)).toBeUndefined(); // 0.0864 dollars a day
  expect(tierPaidBy(perDay(100n * 10n ** 18n), 1n, tiers)?.name).toBe("100");
});
