import { describe, expect, test } from "vitest";
import { type LiveAnchor, liveAccrued } from "./live-accrued";

const tenADay: LiveAnchor = {
  accruedNum: 0n,
  accruedDen: 1n,
  atMs: 1_000_000n,
  rate: { amount: 10_000_000_000_000_000_000n, periodMs: 86_400_000n },
  ceiling: 1_666_666_666_666_666_667n,
  running: true,
};

describe("liveAccrued", () => {
  test("given 10 a day, after one hour it is 0.416666…, rounded down", () => {
    expect(liveAccrued(tenADay, 1_000_000n + 3_600_000n)).toBe(416_666_666_666_666_666n);
  });

  test("given a reader's moment before the anchor, it is the anchor", () => {
    expect(liveAccrued(tenADay, 0n)).toBe(0n);
  });

  test("given the deposit has run out, it stays at the deposit", () => {
    expect(liveAccrued(tenADay, 1_000_000n + 86_400_000n)).toBe(1_666_666_666_666_666_667n);
  });

  test("given a fraction carried from an earlier segment, one floor is taken over the sum", () => {
    // 2/3 of a unit carried and 1/3 a second: whole after exactly one second.
    const anchor = { ...tenADay, accruedNum: 2n, accruedDen: 3n, rate: { amount: 1n, periodMs: 3_000n } };
    expect(liveAccrued(anchor, 1_000_999n)).toBe(0n);
    expect(liveAccrued(anchor, 1_001_000n)).toBe(1n);
  });

  test("given a paused stream, time changes nothing", () => {
    const anchor = { ...tenADay, accruedNum: 7n, running: false };
    expect(liveAccrued(anchor, 9_999_999_999n)).toBe(7n);
  });
});
