import { describe, expect, test } from "vitest";
import { createRandom } from "./random";

describe("createRandom", () => {
  test("given the same seed, it gives the same choices", () => {
    // mulberry32 with seed 1, as other implementations give it.
    expect(createRandom(1).next()).toBeCloseTo(0.62707394058816135, 15);
    const [left, right] = [createRandom(7), createRandom(7)];
    expect(left.shuffled([1, 2, 3, 4, 5])).toEqual(right.shuffled([1, 2, 3, 4, 5]));
    expect(left.fork("a").next()).toBe(right.fork("a").next());
  });

  test("given another seed or another part of the run, it gives others", () => {
    expect(createRandom(1).next()).not.toBe(createRandom(2).next());
    expect(createRandom(1).fork("a").next()).not.toBe(createRandom(1).fork("b").next());
  });

  test("whole numbers reach both ends and no further", () => {
    const random = createRandom(3);
    const seen = new Set(Array.from({ length: 1_000 }, () => random.int(2, 5)));
    expect([...seen].sort()).toEqual([2, 3, 4, 5]);
  });

  test("a shuffle keeps every item", () => {
    expect(createRandom(9).shuffled([1, 1, 2, 3]).sort()).toEqual([1, 1, 2, 3]);
  });
});
