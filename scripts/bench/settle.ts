import type pg from "pg";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { collectStream } from "@/lib/streams/collect-stream";
import { settleStreams } from "@/lib/streams/settle-streams";
import { startBenchDatabase } from "./bench-database";
import type { BenchOptions, BenchResult } from "./bench-result";
import { fillMarket } from "./fill-market";
import { median } from "./measure-sides";
import { processCpuMicros } from "./process-cpu";

const STREAMS = 100_000;
const LIMIT_SECONDS = 5;
const MANY_RECEIVERS = 1_000;
/** Streams that are collected one by one, for comparison. */
const ONE_BY_ONE = 500;
const HOUR_MS = 3_600_000;

/**
 * One sweep that pays the receivers of 100,000 running streams what has accrued: dealt out to a thousand receivers, and all to one,
 * whose account every bill goes to. The first sweep warms up; the books are checked after the last.
 */
export async function measureSettlement(options: BenchOptions): Promise<BenchResult[]> {
  const streams = options.quick ? 5_000 : STREAMS;
  const database = await startBenchDatabase();
  try {
    const many = await measureSweeps(database, { streams, receivers: MANY_RECEIVERS }, options);
    const oneByOneSeconds = await collectOneByOne(database.pool, streams);
    const one = await measureSweeps(database, { streams, receivers: 1 }, options);
    return [toResult(many, one, oneByOneSeconds, streams)];
  } finally {
    await database.stop();
  }
}

type Sweeps = {
  receivers: number;
  seconds: number[];
  firstSeconds: number;
  cpuSeconds: number | null;
  faults: string[];
};

async function measureSweeps(
  { pool, pid }: { pool: pg.Pool; pid: number },
  { streams, receivers }: { streams: number; receivers: number },
  options: BenchOptions,
): Promise<Sweeps> {
  await fillMarket(pool, { streams, receivers, requests: 0 });
  const sweeps: Sweeps = { receivers, seconds: [], firstSeconds: 0, cpuSeconds: null, faults: [] };
  for (let round = 0; round <= options.rounds; round += 1) {
    await pool.query("update settle_part set after = null, due_ms = 0");
    const cpuBefore = processCpuMicros(pid);
    const began = performance.now();
    const report = await settleStreams({ intervalMs: HOUR_MS, budgetMs: HOUR_MS }, pool);
    const seconds = (performance.now() - began) / 1000;
    const cpuAfter = processCpuMicros(pid);
    if (report.streams !== streams || report.failed > 0 || report.more)
      sweeps.faults.push(`${report.streams} of ${streams} streams were settled, ${report.failed} failed`);
    options.say(
      `  ${receivers} receivers: ${streams} streams in ${seconds.toFixed(2)} s${round === 0 ? ", warming" : ""}`,
    );
    if (round === 0) sweeps.firstSeconds = seconds;
    else {
      sweeps.seconds.push(seconds);
      if (cpuBefore !== null && cpuAfter !== null) sweeps.cpuSeconds = (cpuAfter - cpuBefore) / 1_000_000;
    }
  }
  for (const { id, subject, detail } of await runInvariants(pool))
    sweeps.faults.push(`${id} ${subject}: ${detail}`);
  return sweeps;
}

/** What the same would take with a transaction a stream, by two at a time, from a few hundred of them. */
async function collectOneByOne(pool: pg.Pool, streams: number): Promise<number> {
  const { rows } = await pool.query<{ id: string; receiver: string }>(
    "select id, receiver from stream order by hashtext(id) limit $1",
    [ONE_BY_ONE],
  );
  const began = performance.now();
  const work = async (mine: typeof rows) => {
    for (const { id, receiver } of mine) await collectStream({ actor: receiver, streamId: id }, pool);
  };
  await Promise.all([0, 1].map((half) => work(rows.filter((_, n) => n % 2 === half))));
  return ((performance.now() - began) / 1000) * (streams / rows.length);
}

function toResult(many: Sweeps, one: Sweeps, oneByOneSeconds: number, streams: number): BenchResult {
  const worse = median(many.seconds) >= median(one.seconds) ? many : one;
  const value = median(worse.seconds);
  const describeSweeps = ({ receivers, seconds, firstSeconds, cpuSeconds }: Sweeps) =>
    `${streams.toLocaleString("en")} streams of ${receivers.toLocaleString("en")} receiver${receivers === 1 ? "" : "s"}: ${seconds
      .map((each) => each.toFixed(2))
      .join(", ")} s (the first of all, cold: ${firstSeconds.toFixed(2)} s); CPU of the database ${
      cpuSeconds === null ? "unknown" : `${cpuSeconds.toFixed(2)} s`
    } a sweep.`;
  return {
    name: "settle/100k",
    value,
    unit: "s",
    baseline: "a transaction a stream, two at a time",
    ratio: value / oneByOneSeconds,
    p50Ms: value * 1000,
    p99Ms: Math.max(...many.seconds, ...one.seconds) * 1000,
    targets: [
      {
        text: `at most ${LIMIT_SECONDS} s for 100,000 active streams in one sweep`,
        met: streams === STREAMS && value <= LIMIT_SECONDS,
      },
    ],
    notes: [
      describeSweeps(many),
      describeSweeps(one),
      `A transaction a stream would take ${oneByOneSeconds.toFixed(0)} s. Here p50 is the median sweep of the slower of both, and p99 the slowest.`,
    ],
    faults: [...many.faults, ...one.faults],
  };
}
