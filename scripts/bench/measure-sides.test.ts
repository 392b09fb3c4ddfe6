import { describe, expect, test } from "vitest";
import { Histogram } from "./histogram";
import type { Load, LoadGenerator } from "./load-generator";
import type { LoadPlan } from "./load-plan";
import { failureLines, measureSides, median } from "./measure-sides";

function load(requestsPerSecond: number, latencyMs: number, more: Partial<Load> = {}): Load {
  const histogram = new Histogram();
  for (let n = 0; n < 10; n += 1) histogram.record(latencyMs);
  return {
    requestsPerSecond,
    measured: 10,
    ok: 12,
    failures: [],
    histogram,
    cpuMicros: { node: 100 },
    ...more,
  };
}

/** Gives the prepared loads in turn, and remembers what it was asked for. */
function generatorOf(loads: Load[]): LoadGenerator & { asked: LoadPlan[] } {
  const asked: LoadPlan[] = [];
  return {
    asked,
    async run(plan) {
      asked.push(plan);
      return loads[asked.length - 1] ?? load(0, 0);
    },
    stop: async () => {},
  };
}

const side = (name: string, port: number) => ({
  name,
  target: { port, method: "GET" as const, path: "/" },
  watched: {},
});
const options = { connections: 4, seconds: 1, rounds: 3, say: () => {} };

describe("measureSides", () => {
  test("sides take turns, each is warmed, the first time for longer", async () => {
    const generator = generatorOf([]);
    await measureSides(generator, [side("a", 1), side("b", 2)], { ...options, rounds: 2 });
    expect(generator.asked.map(({ target, warmMs, measureMs }) => [target.port, warmMs, measureMs])).toEqual([
      [1, 2000, 1000],
      [2, 2000, 1000],
      [1, 500, 1000],
      [2, 500, 1000],
    ]);
  });

  test("the rate is the median of the rounds; percentiles, CPU and counts are of all of them", async () => {
    const rounds = [load(100, 1), load(900, 1, { cpuMicros: { node: 400 }, measured: 20 }), load(200, 50)];
    const [measured] = await measureSides(generatorOf(rounds), [side("a", 1)], options);
    expect(measured?.requestsPerSecond).toBe(200);
    expect(measured?.p50Ms).toBeLessThan(1.01);
    expect(measured?.p99Ms).toBeGreaterThanOrEqual(50);
    expect(measured?.ok).toBe(36);
    expect(measured?.cpuMicros.node).toBe(250); // (10 × 100 + 20 × 400 + 10 × 100) / 40
  });

  test("failures of all rounds are added up by kind, and named with their side", async () => {
    const failures: [string, number][] = [["503 busy", 2]];
    const rounds = [load(1, 1, { failures }), load(1, 1, { failures }), load(1, 1)];
    const [measured] = await measureSides(generatorOf(rounds), [side("a", 1)], options);
    expect(measured && failureLines(measured)).toEqual(["a: 4 requests failed: 503 busy"]);
  });

  test("a CPU time that one round does not know is not known", async () => {
    const rounds = [load(1, 1), load(1, 1, { cpuMicros: { node: null } }), load(1, 1)];
    const [measured] = await measureSides(generatorOf(rounds), [side("a", 1)], options);
    expect(measured?.cpuMicros).toEqual({ node: null });
  });
});

describe("median", () => {
  test.each([
    { values: [3, 1, 2], middle: 2 },
    { values: [4, 1, 2, 3], middle: 2.5 },
    { values: [7], middle: 7 },
  ])("of $values it is $middle", ({ values, middle }) => {
    expect(median(values)).toBe(middle);
  });
});
