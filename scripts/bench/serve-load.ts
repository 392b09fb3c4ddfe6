import { setTimeout as sleep } from "node:timers/promises";
import { Histogram } from "./histogram";
import type { FromGenerator, LoadReport } from "./load-plan";

/** What a run has counted so far. Callers look at `phase` before each call: at `end` none begins. */
export class LoadCount {
  phase: "warm" | "measure" | "end" = "warm";
  #ok = 0;
  #measured = 0;
  readonly #failures = new Map<string, number>();
  readonly #histogram = new Histogram();

  /** @param latencyMs with a fraction */
  succeed(latencyMs: number): void {
    this.#ok += 1;
    if (this.phase !== "measure") return;
    this.#measured += 1;
    this.#histogram.record(latencyMs);
  }

  fail(what: string, count = 1): void {
    this.#failures.set(what, (this.#failures.get(what) ?? 0) + count);
  }

  report(): Omit<LoadReport, "elapsedMs" | "cpuMicros"> {
    return {
      ok: this.#ok,
      measured: this.#measured,
      failures: [...this.#failures],
      histogram: this.#histogram.toArray(),
    };
  }
}

/**
 * Makes this process a program that makes load, one run a message (see load-generator.ts): it warms, says when the measured time
 * begins and ends, and answers with what was counted.
 *
 * @param begin starts the callers of one run; what it returns is awaited after `end`, for the calls that are still under way
 */
export function serveLoad<Plan extends { warmMs: number; measureMs: number }>(
  begin: (plan: Plan, count: LoadCount) => () => Promise<unknown>,
): void {
  process.channel?.ref(); // Stays until it is ended, also while nothing is to be sent.
  tell({ type: "listening" });
  process.on("message", ({ plan }: { plan: Plan }) => {
    void run(plan, begin).then(
      (report) => tell({ type: "done", report }),
      (error: unknown) =>
        tell({ type: "failed", message: error instanceof Error ? error.message : String(error) }),
    );
  });
}

async function run<Plan extends { warmMs: number; measureMs: number }>(
  plan: Plan,
  begin: (plan: Plan, count: LoadCount) => () => Promise<unknown>,
): Promise<LoadReport> {
  const count = new LoadCount();
  const finish = begin(plan, count);
  await sleep(plan.warmMs);

  tell({ type: "measuring" });
  count.phase = "measure";
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  await sleep(plan.measureMs);
  count.phase = "end";
  const elapsedMs = performance.now() - began;
  const { user, system } = process.cpuUsage(cpuBefore);
  tell({ type: "measured" });

  await finish();
  return { ...count.report(), elapsedMs, cpuMicros: user + system };
}

function tell(message: FromGenerator | { type: "listening" }): void {
  process.send?.(message);
}
