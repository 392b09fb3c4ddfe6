import { expect, test } from "vitest";
import { defaultAutoTopUp } from "./default-auto-top-up";
import { rate } from "./rate";

test("an hour before the end four more are added, in a day at most 28, rounded up", () => {
  expect(defaultAutoTopUp(rate(10n, 86_400_000n))).toEqual({
    triggerMs: 3_600_000n,
    chunkMs: 14_400_000n,
    dailyMax: 12n, // 11.67
  });
});
