import { freePort } from "../free-port.mjs";
import { gatewayMemory, webMemory } from "../memory-flags.mjs";
import { findBookFaults } from "./bench-database";
import type { BenchOptions, BenchResult } from "./bench-result";
import { fitLine, type Sample } from "./fit-line";
import { type Load, startLoadGenerator } from "./load-generator";
import { paidTarget, serverEnvironment } from "./paid-call";
import { processMemoryMb, residentMb } from "./process-memory";
import { requireBuild } from "./require-build";
import { startPaidMarket } from "./start-paid-market";
import { type Program, startProgram } from "./start-program";

const WARM_MS = 5_000;
const PAGE_EVERY_MS = 500;
/** By how much the second half of the time may grow: less is the garbage collector's to and fro. */
const FLAT = 1.1;

const SERVERS = {
  "memory/web": {
    limitMb: 400,
    args: [...webMemory, "scripts/bench/serve-in-process.ts"],
    what: "the server of npm start",
  },
  "memory/gateway": {
    limitMb: 200,
    args: [...gatewayMemory, "scripts/bench/serve-in-process.ts", "--gateway"],
    what: "npm run gateway",
  },
};
type MemoryName = keyof typeof SERVERS;
export const MEMORY_NAMES = Object.keys(SERVERS) as MemoryName[];

/**
 * Memory of the servers over minutes of paid calls, as many as they answer; the web server's pages are read meanwhile, too. Both
 * at once: how fast each is does not matter here.
 */
export async function measureMemory(options: BenchOptions): Promise<BenchResult[]> {
  const names = MEMORY_NAMES.filter((name) => options.only.has(name));
  if (names.includes("memory/web")) requireBuild();
  const enders: (() => Promise<void>)[] = [];
  try {
    const { tokens, ...database } = await startPaidMarket();
    enders.push(database.stop);
    const watches = await Promise.all(
      names.map(async (name) => {
        const port = await freePort();
        const program = await startProgram(name, SERVERS[name].args, serverEnvironment(port, database.url));
        enders.push(program.stop);
        const generator = await startLoadGenerator();
        enders.push(generator.stop);
        const measureMs = options.memoryMinutes * 60_000;
        const load = generator.run({
          target: { ...paidTarget(tokens), port },
          connections: Math.ceil(options.connections / names.length),
          warmMs: WARM_MS,
          measureMs,
        });
        return watch(name, program, load, name === "memory/web" ? `http://127.0.0.1:${port}/` : null);
      }),
    );
    const answers = watches.reduce((sum, { load }) => sum + load.ok, 0);
    const books = await findBookFaults(database.pool, answers);
    return watches.map((watched) => toResult(watched, options, books));
  } finally {
    for (const end of enders.toReversed()) await end();
  }
}

type Watch = Awaited<ReturnType<typeof watch>>;

/** Samples while the load runs. */
async function watch(name: MemoryName, { pid }: Program, running: Promise<Load>, page: string | null) {
  const samples: Sample[] = [];
  const failures: string[] = [];
  let peakMb = 0;
  let pages = 0;
  const sampling = setInterval(() => {
    peakMb = Math.max(peakMb, residentMb(pid));
    samples.push({ atMs: performance.now(), value: processMemoryMb(pid) });
  }, 1_000);
  const reading = setInterval(async () => {
    if (!page) return;
    const status = await readPage(page);
    if (status === 200) pages += 1;
    else failures.push(`${page} answered ${status}`);
  }, PAGE_EVERY_MS);
  try {
    const load = await running;
    return { name, samples, failures, peakMb, pages, load };
  } finally {
    clearInterval(sampling);
    clearInterval(reading);
  }
}

async function readPage(url: string): Promise<number | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    return String(error);
  }
}

function toResult(
  { name, samples, failures, peakMb, pages, load }: Watch,
  options: BenchOptions,
  books: string[],
): BenchResult {
  const { limitMb, what } = SERVERS[name];
  const half = samples.slice(Math.floor(samples.length / 2));
  const { first, last } = fitLine(half);
  const ratio = last / first;
  const long = options.memoryMinutes >= 10;
  return {
    name,
    value: peakMb,
    unit: "MB",
    baseline: "itself at half time (the line through the second half)",
    ratio,
    p50Ms: load.histogram.percentileMs(50),
    p99Ms: load.histogram.percentileMs(99),
    targets: [
      { text: `under ${limitMb} MB`, met: peakMb < limitMb },
      {
        text: `flat: at most ${FLAT} of itself over the second half of 10 minutes`,
        met: long && ratio <= FLAT,
      },
    ],
    notes: [
      `Largest resident size of ${what} in ${options.memoryMinutes} minutes at ${load.requestsPerSecond.toFixed(0)} paid calls/s (${load.measured} calls${pages > 0 ? `, and ${pages} pages` : ""}); in the second half ${first.toFixed(0)} MB, then ${last.toFixed(0)} MB.`,
    ],
    faults: [
      ...load.failures.map(([what, count]) => `${count} calls failed: ${what}`),
      ...failures.slice(0, 3),
      ...books,
    ],
  };
}
