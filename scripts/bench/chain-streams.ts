import pg from "pg";
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

const STREAMS = 1_000;
const RECEIVERS = 100;
const WARM_MS = 3_000;
/** As often as the index looks at the head of the devnet. */
const LOOK_MS = 500;

/**
 * Calls authorised and completed on streams of a chain, against the same on streams of the ledger: two databases of one server, in turns.
 * The chain is not asked in a call; its index is kept as fresh as it is in life.
 */
export async function measureChainStreams(options: BenchOptions): Promise<BenchResult[]> {
  const enders: (() => unknown)[] = [];
  try {
    const database = await startBenchDatabase();
    enders.push(database.stop);
    await database.pool.query("create database chain");
    const chainUrl = Object.assign(new URL(database.url), { pathname: "/chain" }).href;
    await migrateDatabase(chainUrl);
    const chainPool = new pg.Pool({ connectionString: chainUrl, max: 4 });
    enders.push(() => chainPool.end());
    for (const pool of [database.pool, chainPool])
      await fillMarket(pool, { streams: STREAMS, receivers: RECEIVERS, requests: STREAMS });
    await moveToChain(chainPool);
    const look = setInterval(
      () => void chainPool.query("update chain_cursor set checked_ms = clock_ms()"),
      LOOK_MS,
    );
    enders.push(() => clearInterval(look));

    const sides = await Promise.all([startSide("ledger", database.url), startSide("streampay", chainUrl)]);
    enders.push(...sides.map(({ program }) => program.stop));
    for (let round = 0; round < options.rounds; round += 1)
      for (const side of sides) {
        const plan = { ...side.plan, callers: options.connections, measureMs: options.seconds * 1000 };
        const load = await runLoad(side.program, plan, { postgres: database.pid });
        side.loads.push(load);
        options.say(`  ${side.name.padEnd(12)} ${load.requestsPerSecond.toFixed(0).padStart(7)}/s`);
      }
    const served = ({ loads }: Side) => loads.reduce((sum, { ok }) => sum + ok, 0);
    const [ledger, chain] = sides;
    if (!ledger || !chain) throw new Error("Two sides are measured.");
    const faults = [
      ...sides.flatMap(({ name, loads }) =>
        loads.flatMap(({ failures }) => failures.map(([what, n]) => `${name}: ${n} calls failed: ${what}`)),
      ),
      ...(await findBookFaults(database.pool, STREAMS + served(ledger))),
      ...(await findBookFaults(chainPool, STREAMS + served(chain))),
    ];
    return [toResult(ledger, chain, faults)];
  } finally {
    for (const end of enders.toReversed()) await end();
  }
}

/** The same streams as if `StreamPay` held their money: nothing else about them differs, so nothing else is measured. */
async function moveToChain(pool: pg.Pool): Promise<void> {
  await pool.query("update asset set chain_id = 31337");
  await pool.query("update stream set rail = 'streampay', due_ms = null");
  await pool.query(`insert into chain_cursor (chain_id, sources, number, hash, at_ms, confirmed_number, head_number, checked_ms)
    values (31337, '', 1, '0x', 0, 1, 1, clock_ms())`);
}

type Side = Awaited<ReturnType<typeof startSide>>;

async function startSide(name: string, url: string) {
  const program = await startProgram(name, ["scripts/bench/run-ledger-calls.ts"], serverEnvironment(1, url));
  const plan: Omit<LedgerPlan, "callers" | "measureMs"> = {
    ...{ streams: STREAMS, called: STREAMS, receivers: RECEIVERS, warmMs: WARM_MS },
  };
  return { name, program, plan, loads: [] as Load[] };
}

function toResult(ledger: Side, chain: Side, faults: string[]): BenchResult {
  const rate = ({ loads }: Side) => median(loads.map(({ requestsPerSecond }) => requestsPerSecond));
  const ratio = rate(chain) / rate(ledger);
  const histogram = new Histogram();
  for (const load of chain.loads) histogram.add(load.histogram);
  return {
    name: "chain/authorise",
    value: rate(chain),
    unit: "calls/s",
    baseline: "streams of the ledger",
    ratio,
    p50Ms: histogram.percentileMs(50),
    p99Ms: histogram.percentileMs(99),
    targets: [{ text: "at least 0.95 of the ledger's throughput", met: ratio >= 0.95 }],
    notes: [
      `Authorised and completed, ${STREAMS} streams on each side: ${rate(chain).toFixed(0)}/s on a chain, ${rate(ledger).toFixed(0)}/s on the ledger.`,
    ],
    faults,
  };
}
