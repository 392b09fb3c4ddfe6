import type { BenchOptions } from "./bench-result";
import { Histogram } from "./histogram";
import type { Load, LoadGenerator, Watched } from "./load-generator";
import type { LoadTarget } from "./load-plan";

export type Side = { name: string; target: LoadTarget; watched: Watched };

/** All rounds of one side. */
export type Measured = {
  name: string;
  /** The median of the rounds. */
  requestsPerSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** 2xx answers with those of the warm-ups. */
  ok: number;
  failures: [string, number][];
  /** CPU µs for each answer, by process. */
  cpuMicros: Record<string, number | null>;
};

/** Before the first round of a side; a quarter of it before each later one. */
export const WARM_MS = 2_000;

/**
 * Measures sides that are to be compared: in turn, A B C A B C …, so that a machine whose speed drifts slows all alike. Each is
 * warmed before every round. Percentiles are of all requests of all rounds; rates are medians of rounds.
 */
export async function measureSides(
  generator: LoadGenerator,
  sides: readonly Side[],
  { connections, seconds, rounds, say }: Pick<BenchOptions, "connections" | "seconds" | "rounds" | "say">,
): Promise<Measured[]> {
  const loads = new Map<string, Load[]>(sides.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1)
    for (const { name, target, watched } of sides) {
      const warmMs = round === 0 ? WARM_MS : WARM_MS / 4;
      const load = await generator.run({ target, connections, warmMs, measureMs: seconds * 1000 }, watched);
      loads.get(name)?.push(load);
      say(
        `  ${name.padEnd(34)} ${load.requestsPerSecond.toFixed(0).padStart(7)}/s` +
          `  p50 ${show(load.histogram, 50)}  p99 ${show(load.histogram, 99)} ms   CPU µs: ${cpuLine(load.cpuMicros)}`,
      );
    }
  return sides.map(({ name }) => addUp(name, loads.get(name) ?? []));
}

function addUp(name: string, loads: readonly Load[]): Measured {
  const histogram = new Histogram();
  for (const load of loads) histogram.add(load.histogram);
  const failures = new Map<string, number>();
  for (const load of loads)
    for (const [what, count] of load.failures) failures.set(what, (failures.get(what) ?? 0) + count);
  const answered = histogram.total > 0;
  return {
    name,
    requestsPerSecond: median(loads.map((load) => load.requestsPerSecond)),
    p50Ms: answered ? histogram.percentileMs(50) : Number.NaN,
    p99Ms: answered ? histogram.percentileMs(99) : Number.NaN,
    ok: loads.reduce((sum, load) => sum + load.ok, 0),
    failures: [...failures],
    cpuMicros: meanCpu(loads),
  };
}

/** Weighted by answers, so that it is all CPU over all answers. */
function meanCpu(loads: readonly Load[]): Measured["cpuMicros"] {
  const mean: Measured["cpuMicros"] = {};
  const total = loads.reduce((sum, load) => sum + load.measured, 0);
  for (const name of Object.keys(loads[0]?.cpuMicros ?? {})) {
    const used = loads.map((load) => {
      const each = load.cpuMicros[name] ?? null;
      return each === null ? null : each * load.measured;
    });
    mean[name] = used.includes(null)
      ? null
      : used.reduce<number>((sum, micros) => sum + (micros ?? 0), 0) / total;
  }
  return mean;
}

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function cpuLine(cpuMicros: Record<string, number | null>): string {
  return Object.entries(cpuMicros)
    .map(([name, micros]) => `${name} ${micros === null ? "?" : micros.toFixed(0)}`)
    .join(", ");
}

/** One line for each kind of failed request of a side. */
export function failureLines({ name, failures }: Measured): string[] {
  return failures.map(([what, count]) => `${name}: ${count} requests failed: ${what}`);
}

function show(histogram: Histogram, percent: number): string {
  return (histogram.total > 0 ? histogram.percentileMs(percent).toFixed(1) : "–").padStart(6);
}
