import { expect, test } from "vitest";
import { perDay, rate } from "./rate";
import { shortestWorthMs } from "./shortest-worth";

const DOLLAR = 10n ** 18n;

test.each([
  { given: "no fee", flow: perDay(DOLLAR), fee: 0n, ms: 0n },
  { given: "a cent on a dollar a day", flow: perDay(DOLLAR), fee: DOLLAR / 100n, ms: 17_280_000n },
  { given: "a dollar on a dollar a day", flow: perDay(DOLLAR), fee: DOLLAR, ms: 1_728_000_000n },
  { given: "a unit on three a second, up to the second", flow: rate(3n, 1_000n), fee: 1n, ms: 7_000n },
])("given $given, it is worth it after $ms ms", ({ flow, fee, ms }) => {
  expect(shortestWorthMs(flow, fee)).toBe(ms);
});

test("given a fee in a coin of unknown worth, nobody knows", () => {
  expect(shortestWorthMs(perDay(DOLLAR), null)).toBeNull();
});
