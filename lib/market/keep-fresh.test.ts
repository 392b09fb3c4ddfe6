import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepFresh } from "./keep-fresh";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("given many readers within the time, it is read once; after it, once more", async () => {
  let reads = 0;
  const read = keepFresh("once", 10_000, async () => ++reads);
  expect(await Promise.all([read(), read(), read()])).toEqual([1, 1, 1]);
  vi.advanceTimersByTime(9_999);
  expect(await read()).toBe(1);
  vi.advanceTimersByTime(1);
  expect(await Promise.all([read(), read()])).toEqual([2, 2]);
});

test("given a read that fails, whoever waited is told, and the next one reads again", async () => {
  let reads = 0;
  const read = keepFresh("failing", 10_000, async () => {
    reads += 1;
    if (reads === 1) throw new Error("away");
    return "there";
  });
  const both = await Promise.allSettled([read(), read()]);
  expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await read()).toBe("there");
  expect(reads).toBe(2);
});

test("given two names, each is kept by itself, and one name is shared by all who use it", async () => {
  const one = keepFresh("shared", 10_000, async () => "one");
  const again = keepFresh("shared", 10_000, async () => "again");
  const other = keepFresh("other", 10_000, async () => "other");
  expect([await one(), await again(), await other()]).toEqual(["one", "one", "other"]);
});
