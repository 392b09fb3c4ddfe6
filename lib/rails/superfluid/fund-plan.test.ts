import { describe, expect, test } from "vitest";
import { missingFor, runwayAfter } from "./fund-plan";

const HOUR_MS = 3_600_000n;

describe("what a plan needs", () => {
  test.each([
    { given: "an empty account", available: 0n, net: 0n, missing: 4_000n + 3_600n },
    { given: "enough to the unit", available: 7_600n, net: 0n, missing: 0n },
    { given: "a unit too little", available: 7_599n, net: 0n, missing: 1n },
    {
      given: "another flow out, which eats from the same balance",
      ...{ available: 7_600n, net: -2n, missing: 7_200n },
    },
    {
      given: "as much coming in as the plan sends: the buffer alone",
      ...{ available: 0n, net: 1n, missing: 4_000n },
    },
    { given: "a critical account: its debt too", available: -5n, net: 0n, missing: 7_605n },
  ])("given $given, $missing is missing", ({ available, net, missing }) => {
    const plan = { more: 1n, locked: 4_000n, durationMs: HOUR_MS };
    expect(missingFor({ available, netPerSecond: net }, plan)).toBe(missing);
  });

  test("rounds the time up, never down", () => {
    const plan = { more: 1n, locked: 0n, durationMs: 1n };
    expect(missingFor({ available: 0n, netPerSecond: 0n }, plan)).toBe(1n);
  });
});

describe("how long it runs then", () => {
  test.each([
    { given: "what was missing was wrapped", available: 0n, net: 0n, wrapped: 7_600n, runway: HOUR_MS },
    { given: "another flow", available: 0n, net: -2n, wrapped: 14_800n, runway: HOUR_MS },
    { given: "half a second of it", available: 4_001n, net: -1n, wrapped: 0n, runway: 500n },
    { given: "too little for the buffer", available: 3_999n, net: 0n, wrapped: 0n, runway: 0n },
    {
      given: "more than a hundred years of it",
      ...{ available: 10n ** 22n, net: 0n, wrapped: 0n, runway: 3_153_600_000_000n },
    },
    { given: "more coming in", available: 4_000n, net: 2n, wrapped: 0n, runway: null },
  ])("given $given, $runway ms", ({ available, net, wrapped, runway }) => {
    const plan = { more: 1n, locked: 4_000n, wrapped };
    expect(runwayAfter({ available, netPerSecond: net }, plan)).toBe(runway);
  });
});
