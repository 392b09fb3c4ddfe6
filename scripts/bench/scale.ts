import pg from "pg";
import { sweepStreams } from "@/lib/streams/sweep-streams";
import { migrateDatabase } from "../migrate-database.mjs";
import { findBookFaults, startBenchDatabase } from "./bench-database";
import type { BenchOptions, BenchResult } from "./bench-result";
import { fillMarket } from "./fill-market";
import { Histogram } from "./histogram";
import { type Load, runLoad } from "./load-generator";
import { median } from "./measure-sides";
import { serverEnvironment } from "./paid-call";
import type { LedgerPlan } from "./run-ledger-calls";
import { startProgram } from "./start-program";

const SMALL = 1_000;
const RECEIVERS = 100;
const WARM_MS = 3_000;
/** So many payers call at a time, however many streams there are. */
const CALLED = 1_000;

/**
 * What an authorised and completed call costs the ledger, with 1,000 streams and as many logged requests, and with a million of
 * each: CPU time of the database and of its caller, both in rounds of one run, on one server.
 */
export async function measureScale(options: BenchOptions): Promise<BenchResult[]> {
  const big = options.quick ? 20_000 : 1_000_000;
  const enders: (() => Promise<void>)[] = [];
  try {
    const database = await startBenchDatabase();
    enders.push(database.stop);
    await database.pool.query("create database small");
    const smallUrl = Object.assign(new URL(database.url), { pathname: "/small" }).href;
    await migrateDatabase(smallUrl);
    const smallPool = new pg.Pool({ connectionString: smallUrl, max: 4 });
    enders.push(() => smallPool.end());

    const began = performance.now();
    await fillMarket(smallPool, { streams: SMALL, receivers: RECEIVERS, requests: SMALL });
    await fillMarket(database.pool, { streams: big, receivers: RECEIVERS, requests: big });
    const filledSeconds = (performance.now() - began) / 1000;
    options.say(`  ${big} streams and logged requests were written in ${filledSeconds.toFixed(0)} s`);

    const idle = `A sweep that finds nothing to do takes ${await sweepMs(smallPool)} ms with 1,000 streams, ${await sweepMs(database.pool)} ms with ${big.toLocaleString("en")}.`;
    options.say(`  ${idle}`);

    const sides = await Promise.all([
      startSide("1,000 streams", smallUrl, SMALL, CALLED),
      startSide(`${big.toLocaleString("en")} streams`, database.url, big, CALLED),
      startSide(`${big.toLocaleString("en")} streams, any of them`, database.url, big, big),
    ]);
    enders.push(...sides.map(({ program }) => program.stop));

    for (let round = 0; round < options.rounds; round += 1)
      for (const side of sides) {
        const plan = { ...side.plan, callers: options.connections, measureMs: options.seconds * 1000 };
        const load = await runLoad(side.program, plan, { postgres: database.pid });
        side.loads.push(load);
        options.say(
          `  ${side.name.padEnd(34)} ${load.requestsPerSecond.toFixed(0).padStart(7)}/s   CPU µs a call ${cost(load).toFixed(0)}`,
        );
      }
    const served = (of: readonly Side[]) =>
      of.flatMap(({ loads }) => loads).reduce((sum, { ok }) => sum + ok, 0);
    const faults = [
      ...sides.flatMap(({ name, loads }) =>
        loads.flatMap(({ failures }) => failures.map(([what, n]) => `${name}: ${n} calls failed: ${what}`)),
      ),
      ...(await findBookFaults(smallPool, SMALL + served(sides.slice(0, 1)))),
      ...(await findBookFaults(database.pool, big + served(sides.slice(1)))),
    ];
    return [toResult(sides, big, idle, faults)];
  } finally {
    for (const end of enders.toReversed()) await end();
  }
}

/** Every server does this every second, so it must not depend on how many streams there are. The second pass is timed. */
async function sweepMs(pool: pg.Pool): Promise<string> {
  await sweepStreams({ limit: 200 }, pool);
  const began = performance.now();
  await sweepStreams({ limit: 200 }, pool);
  return (performance.now() - began).toFixed(1);
}

type Side = Awaited<ReturnType<typeof startSide>>;

async function startSide(name: string, url: string, streams: number, called: number) {
  const program = await startProgram(name, ["scripts/bench/run-ledger-calls.ts"], serverEnvironment(1, url));
  const plan: Omit<LedgerPlan, "callers" | "measureMs"> = {
    streams,
    called,
    receivers: RECEIVERS,
    warmMs: WARM_MS,
  };
  return { name, program, plan, loads: [] as Load[] };
}

/** CPU µs of database and caller for one call; where the system does not tell them, the machine's time instead. */
function cost({ cpuMicros, requestsPerSecond }: Load): number {
  const { postgres, generator } = cpuMicros;
  if (typeof postgres !== "number" || typeof generator !== "number") return 1_000_000 / requestsPerSecond;
  return postgres + generator;
}

function toResult(
  [small, big, any]: readonly Side[],
  streams: number,
  idle: string,
  faults: string[],
): BenchResult {
  if (!small || !big || !any) throw new Error("Three sides are measured.");
  const costOf = ({ loads }: Side) => median(loads.map(cost));
  const ratio = costOf(big) / costOf(small);
  const histogram = new Histogram();
  for (const load of big.loads) histogram.add(load.histogram);
  const rate = ({ loads }: Side) =>
    median(loads.map(({ requestsPerSecond }) => requestsPerSecond)).toFixed(0);
  return {
    name: "scale/1m",
    value: costOf(big),
    unit: "CPU µs/call",
    baseline: "1,000 streams and 1,000 logged requests",
    ratio,
    p50Ms: histogram.percentileMs(50),
    p99Ms: histogram.percentileMs(99),
    targets: [{ text: "at most 1.3 times the cost with 1,000", met: ratio <= 1.3 && streams === 1_000_000 }],
    notes: [
      `Authorise and complete, CPU of database and caller, ${CALLED.toLocaleString("en")} payers calling: ${costOf(small).toFixed(0)} µs (${rate(small)}/s) with 1,000 streams, ${costOf(big).toFixed(0)} µs (${rate(big)}/s) with ${streams.toLocaleString("en")}.`,
      `Each call for any of the ${streams.toLocaleString("en")} streams, so that hardly a page is used twice: ${costOf(any).toFixed(0)} µs (${rate(any)}/s), ${(costOf(any) / costOf(small)).toFixed(2)} times.`,
      idle,
    ],
    faults,
  };
}
