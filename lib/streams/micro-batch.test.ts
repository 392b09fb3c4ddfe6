import { describe, expect, test } from "vitest";
import { microBatch } from "./micro-batch";

describe("microBatch", () => {
  test("given calls of one turn, they share a batch and get their own results in order", async () => {
    const { batches, run, finish } = recorder<number>();
    const double = microBatch(run, { maxSize: 10, lanes: 1 });
    const results = Promise.all([1, 2, 3].map(double));
    await turn();
    expect(batches).toEqual([[1, 2, 3]]);
    finish(0, [2, 4, 6]);
    expect(await results).toEqual([2, 4, 6]);
  });

  test("given a lone call, it goes at once, without a timer", async () => {
    const double = microBatch(async (inputs: number[]) => inputs.map((n) => n * 2), {
      maxSize: 10,
      lanes: 1,
    });
    const begun = performance.now();
    expect(await double(21)).toBe(42);
    expect(performance.now() - begun).toBeLessThan(50);
  });

  test("given more calls than fit, the rest goes next, in the order of arrival", async () => {
    const { batches, run, finish } = recorder<number>();
    const same = microBatch(run, { maxSize: 2, lanes: 1 });
    const results = Promise.all([1, 2, 3, 4, 5].map(same));
    await turn();
    expect(batches).toEqual([[1, 2]]);
    finish(0, [1, 2]);
    await turn();
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    finish(1, [3, 4]);
    await turn();
    finish(2, [5]);
    expect(await results).toEqual([1, 2, 3, 4, 5]);
  });

  test("given lanes that are all in use, what arrives waits together for the first that ends", async () => {
    const { batches, run, finish } = recorder<string>();
    const same = microBatch(run, { maxSize: 10, lanes: 2 });
    const first = same("a");
    await turn();
    const second = same("b");
    await turn();
    const waiting = [same("c"), same("d")];
    await turn();
    expect(batches).toEqual([["a"], ["b"]]);
    finish(1, ["b"]);
    expect(await second).toBe("b");
    await turn();
    expect(batches).toEqual([["a"], ["b"], ["c", "d"]]);
    finish(2, ["c", "d"]);
    expect(await Promise.all(waiting)).toEqual(["c", "d"]); // Although "a" still runs.
    finish(0, ["a"]);
    expect(await first).toBe("a");
  });

  test("given a batch that fails, each of its callers gets the error, and the next batch is tried", async () => {
    let fail = true;
    const same = microBatch(
      async (inputs: number[]) => {
        if (fail) throw new Error("The database is away.");
        return inputs;
      },
      { maxSize: 2, lanes: 1 },
    );
    const outcomes = await Promise.allSettled([same(1), same(2)]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    fail = false;
    expect(await same(3)).toBe(3);
  });

  test("given one input that no batch can take, only its caller gets the error", async () => {
    const run = async (inputs: number[]) => {
      if (inputs.includes(13)) throw new RangeError("13 is not taken.");
      return inputs;
    };
    const same = microBatch(run, { maxSize: 10, lanes: 1, alone: (error) => error instanceof RangeError });
    const outcomes = await Promise.allSettled([1, 13, 3].map(same));
    expect(outcomes).toMatchObject([{ value: 1 }, { reason: { message: "13 is not taken." } }, { value: 3 }]);
  });

  test("given fewer results than inputs, nobody gets somebody else's", async () => {
    const same = microBatch(async () => [1], { maxSize: 10, lanes: 1 });
    const outcomes = await Promise.allSettled([same(1), same(2)]);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { message: "2 in, 1 out" } });
  });
});

/** A `run` whose batches are recorded and ended by hand. */
function recorder<T>() {
  const batches: T[][] = [];
  const ends: ((outputs: T[]) => void)[] = [];
  const run = (inputs: T[]) => {
    batches.push(inputs);
    return new Promise<T[]>((resolve) => ends.push(resolve));
  };
  return { batches, run, finish: (batch: number, outputs: T[]) => ends[batch]?.(outputs) };
}

/** Lets everything that is ready run. */
async function turn(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
