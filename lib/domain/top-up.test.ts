import { expect, test } from "vitest";
import { perDay } from "./rate";
import {
  type AutoTopUpRule,
  addAutoSpend,
  minimumTopUp,
  planTopUp,
  ruleTrouble,
  type TopUpSituation,
} from "./top-up";

const DAY = 86_400_000n;
const rule: AutoTopUpRule = {
  triggerMs: 3_600_000n,
  chunkMs: 14_400_000n,
  dailyMax: 5_000_001n,
  expiresMs: 2n * DAY,
};
const situation: TopUpSituation = {
  topUpHelps: true,
  rate: perDay(10_000_000n),
  runwayMs: 3_599_999n,
  autoSpend: null,
  walletBalance: 1_666_667n,
};

test.each([
  { given: "all that it takes, exactly", change: {}, nowMs: 2n * DAY - 1n, amount: 1_666_667n },
  { given: "runway at the trigger", change: { runwayMs: 3_600_000n }, nowMs: 0n, amount: null },
  { given: "a stream that it cannot help", change: { topUpHelps: false }, nowMs: 0n, amount: null },
  { given: "the moment the rule expires", change: {}, nowMs: 2n * DAY, amount: null },
  { given: "a wallet one unit short", change: { walletBalance: 1_666_666n }, nowMs: 0n, amount: null },
  {
    given: "a daily maximum reached exactly",
    change: { autoSpend: { dayStartMs: 0n, amount: 3_333_334n } },
    nowMs: DAY - 1n,
    amount: 1_666_667n,
  },
  {
    given: "a daily maximum passed by one unit",
    change: { autoSpend: { dayStartMs: 0n, amount: 3_333_335n } },
    nowMs: DAY - 1n,
    amount: null,
  },
  {
    given: "a maximum reached yesterday, in UTC",
    change: { autoSpend: { dayStartMs: 0n, amount: 5_000_001n } },
    nowMs: DAY,
    amount: 1_666_667n,
  },
])("given $given, it plans $amount", ({ change, nowMs, amount }) => {
  expect(planTopUp(rule, { ...situation, ...change }, nowMs)).toEqual(amount === null ? null : { amount });
});

test("given a rule without an end, it never expires", () => {
  expect(planTopUp({ ...rule, expiresMs: null }, situation, 10n ** 15n)).toEqual({ amount: 1_666_667n });
});

test("the day's total starts again at midnight UTC", () => {
  const first = addAutoSpend(null, 3n, DAY - 1n);
  expect(first).toEqual({ dayStartMs: 0n, amount: 3n });
  expect(addAutoSpend(first, 4n, DAY - 1n)).toEqual({ dayStartMs: 0n, amount: 7n });
  expect(addAutoSpend(first, 4n, DAY)).toEqual({ dayStartMs: DAY, amount: 4n });
});

test("the least top-up is a minute of flow less what is left, and at least one unit", () => {
  const rate = perDay(10_000_000n); // 6,944.44 a minute
  expect(minimumTopUp(rate, 0n)).toBe(6_946n);
  expect(minimumTopUp(rate, 6_945n)).toBe(1n);
  expect(minimumTopUp(rate, 1_000_000n)).toBe(1n);
});

test.each([
  { given: "a maximum of exactly one chunk", change: { dailyMax: 1_666_667n }, nowMs: 0n, member: undefined },
  {
    given: "a maximum one unit below a chunk",
    change: { dailyMax: 1_666_666n },
    nowMs: 0n,
    member: "dailyMax",
  },
  { given: "a millisecond before it expires", change: {}, nowMs: 2n * DAY - 1n, member: undefined },
  { given: "the moment it expires", change: {}, nowMs: 2n * DAY, member: "expiresMs" },
  { given: "no end", change: { expiresMs: null }, nowMs: 9n * DAY, member: undefined },
])("given $given, a rule is taken or refused for its $member", ({ change, nowMs, member }) => {
  expect(ruleTrouble({ ...rule, ...change }, perDay(10_000_000n), nowMs)?.member).toBe(member);
});
