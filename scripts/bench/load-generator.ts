import { Histogram } from "./histogram";
import type { FromGenerator, LoadPlan, LoadReport } from "./load-plan";
import { processCpuMicros } from "./process-cpu";
import { type Program, startProgram } from "./start-program";

/** One run of load, or several added up. */
export type Load = {
  requestsPerSecond: number;
  /** 2xx answers within the measured time. */
  measured: number;
  /** 2xx answers with those of the warm-up. */
  ok: number;
  failures: [string, number][];
  histogram: Histogram;
  /** CPU µs for each measured answer, by process; null where the system does not say. */
  cpuMicros: Record<string, number | null>;
};

/** Processes whose CPU time is measured, by name. */
export type Watched = Record<string, number>;

export type LoadGenerator = {
  run: (plan: LoadPlan, watched?: Watched) => Promise<Load>;
  stop: () => Promise<void>;
};

export async function startLoadGenerator(): Promise<LoadGenerator> {
  const program = await startProgram("load generator", ["scripts/bench/generate-load.ts"]);
  return { run: (plan, watched = {}) => runLoad(program, plan, watched), stop: program.stop };
}

/**
 * Tells a program that makes load what to send, and reads CPU times at the two ends of what it measures.
 *
 * @throws Error when the program itself fails; failed requests are in the result
 */
export function runLoad({ child }: Program, plan: object, watched: Watched): Promise<Load> {
  return new Promise((resolve, reject) => {
    let before = readCpu(watched);
    let after = before;
    const finish = (end: () => void) => {
      child.off("message", listen);
      child.off("exit", gone);
      end();
    };
    const gone = () => finish(() => reject(new Error("The load generator ended.")));
    const listen = (message: FromGenerator) => {
      if (message.type === "measuring") before = readCpu(watched);
      if (message.type === "measured") after = readCpu(watched);
      if (message.type === "failed") finish(() => reject(new Error(message.message)));
      if (message.type === "done") finish(() => resolve(toLoad(message.report, before, after)));
    };
    child.on("message", listen);
    child.once("exit", gone);
    child.send({ type: "run", plan });
  });
}

type CpuReading = Record<string, number | null>;

function readCpu(watched: Watched): CpuReading {
  return Object.fromEntries(Object.entries(watched).map(([name, pid]) => [name, processCpuMicros(pid)]));
}

function toLoad(report: LoadReport, before: CpuReading, after: CpuReading): Load {
  const each = (micros: number) => micros / Math.max(1, report.measured);
  const cpuMicros: Load["cpuMicros"] = {};
  for (const [name, end] of Object.entries(after)) {
    const start = before[name] ?? null;
    cpuMicros[name] = start === null || end === null ? null : each(end - start);
  }
  return {
    requestsPerSecond: report.measured / (report.elapsedMs / 1000),
    measured: report.measured,
    ok: report.ok,
    failures: report.failures,
    histogram: new Histogram(report.histogram),
    cpuMicros: { ...cpuMicros, generator: each(report.cpuMicros) },
  };
}
