import "server-only";
import { Gauge, Registry } from "prom-client";
import { formatUnits } from "viem";
import { pool } from "@/lib/db/pool";
import { databaseConfigured, env } from "@/lib/env";
import { metrics } from "@/lib/metrics/metrics";
import { type OutboxGauges, readOutbox } from "@/lib/outbox/read-outbox";
import { askDatabase } from "./ask-database";
import { isDraining } from "./draining";
import { setOutboxGauges } from "./outbox-gauges";
import type { ChainStatus } from "./read-chain-status";
import type { Gauges, IndexGauges } from "./read-gauges";
import { readVersion } from "./read-version";
import { within } from "./within";

/** Longest that a scrape waits for the database, and, once after a start, for the first check of the books. */
const PATIENCE_MS = 2_000;

/** The text that Prometheus reads: what was counted, and what is asked for now. Answers also without a database. */
export async function scrapeMetrics(): Promise<{ text: string; contentType: string }> {
  const { registry } = metrics();
  const asked = await askedGauges();
  const text = [await registry.metrics(), await asked.metrics()].join("\n");
  return { text, contentType: registry.contentType };
}

/** New for each scrape: what could not be asked for is missing, and not what it was before. */
async function askedGauges(): Promise<Registry> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const [{ gauges, chain, books }, outbox] = await Promise.all([askDatabase(PATIENCE_MS), askOutbox()]);

  const { version, commit } = readVersion();
  gauge("superstream_build_info", "What runs: always 1.", ["version", "commit", "node"]).set(
    { version, commit: commit ?? "unknown", node: process.version },
    1,
  );
  gauge("superstream_draining", "1 once the process was told to end.").set(isDraining() ? 1 : 0);
  gauge("superstream_database_up", "1 when the database answered this scrape.").set(gauges ? 1 : 0);
  if (databaseConfigured()) setConnections(gauge);
  if (gauges) setGauges(gauge, gauges);
  if (chain) setChain(gauge, chain);
  if (outbox) setOutboxGauges(gauge, outbox);
  if (books.latest) {
    const violations = gauge(
      "superstream_invariant_violations",
      "Rows that break an invariant of the ledger. Anything above 0 is an alarm.",
      ["id"],
    );
    for (const [id, count] of Object.entries(books.latest.violations)) violations.set({ id }, count);
    gauge(
      "superstream_invariants_checked_timestamp_seconds",
      "When the books were last read to the end.",
    ).set(books.latest.checkedAtMs / 1000);
    gauge("superstream_invariants_check_duration_seconds", "How long that took.").set(
      books.latest.tookMs / 1000,
    );
  }
  return registry;
}

/** Null when the server sends nothing, or the database is not there. */
async function askOutbox(): Promise<OutboxGauges | null> {
  if (!databaseConfigured()) return null;
  return within(PATIENCE_MS, readOutbox()).catch(() => null);
}

type NewGauge = (name: string, help: string, labelNames?: string[]) => Gauge;

function setGauges(gauge: NewGauge, { pingMs, streamsOpen, streamsTotal, sweepLagMs, index }: Gauges): void {
  const streams = gauge("superstream_streams", "Streams of the whole market: open, or ended.", ["status"]);
  streams.set({ status: "open" }, streamsOpen);
  streams.set({ status: "ended" }, streamsTotal - streamsOpen);
  gauge(
    "superstream_sweep_lag_seconds",
    "How long the stream that waited longest for a sweep has been due.",
  ).set(sweepLagMs / 1000);
  gauge("superstream_database_ping_seconds", "Time of one query.").set(pingMs / 1000);
  if (index) setIndex(gauge, index);
}

function setChain(gauge: NewGauge, { ageMs, compared, differing, assets, backing }: ChainStatus): void {
  if (ageMs !== null)
    gauge("superstream_chain_age_seconds", "Since the index last had all of the chain.").set(ageMs / 1000);
  const streams = gauge(
    "superstream_chain_streams",
    "Streams compared with their chain: balanced or differing.",
    ["state"],
  );
  streams.set({ state: "balanced" }, compared - differing);
  streams.set({ state: "differing" }, differing);
  const short = assets.filter(({ held, owed }) => held < owed).length;
  gauge("superstream_chain_assets_short", "Assets of which contracts hold less than streams are owed.").set(
    short,
  );
  if (backing.length === 0) return;
  const credit = gauge(
    "superstream_credit_backing_tokens",
    "What the server's account holds on the chain, what backs credit that payments bought, and the difference: below 0 is an alarm.",
    ["asset", "part"],
  );
  for (const { symbol: asset, decimals, held, owed } of backing) {
    credit.set({ asset, part: "held" }, Number(formatUnits(held, decimals)));
    credit.set({ asset, part: "owed" }, Number(formatUnits(owed, decimals)));
    credit.set({ asset, part: "difference" }, Number(formatUnits(held - owed, decimals)));
  }
}

function setIndex(gauge: NewGauge, { lagBlocks, lagMs, ageMs }: IndexGauges): void {
  gauge("superstream_index_lag_blocks", "Blocks of the chain that are not in the index yet.").set(lagBlocks);
  gauge("superstream_index_lag_seconds", "From the newest block of the index to when it was written.").set(
    lagMs / 1000,
  );
  gauge(
    "superstream_index_age_seconds",
    "Since the index last had all of a chain that it could believe. Calls by streams of the chain stop when it is too much.",
  ).set(ageMs / 1000);
}

function setConnections(gauge: NewGauge): void {
  const { totalCount, idleCount, waitingCount } = pool();
  const connections = gauge("superstream_database_connections", "Connections of this process, by state.", [
    "state",
  ]);
  connections.set({ state: "busy" }, totalCount - idleCount);
  connections.set({ state: "idle" }, idleCount);
  gauge("superstream_database_connections_max", "DATABASE_POOL.").set(env.DATABASE_POOL);
  gauge("superstream_database_waiting", "Statements that wait for a connection.").set(waitingCount);
}
