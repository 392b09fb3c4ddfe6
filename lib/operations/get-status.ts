import "server-only";
import { env } from "@/lib/env";
import { INVARIANT_IDS } from "@/lib/ledger/run-invariants";
import { metrics } from "@/lib/metrics/metrics";
import { askDatabase } from "./ask-database";
import { isDraining } from "./draining";
import { type Point, readHistory, STEP_MS } from "./history";
import { invariantWords } from "./invariant-words";
import type { ChainStatus } from "./read-chain-status";
import type { Gauges } from "./read-gauges";
import { readVersion, type Version } from "./read-version";

/** Longest that the answer waits for the database, and once for the first check of the books, in milliseconds. */
const PATIENCE_MS = 1_000;
/** A sweep that is later than this is late: two passes of the slowest usual setting, in milliseconds. */
const SWEEP_LATE_MS = 30_000;

/** As `watched_assets` in the database has it: from here on calls on streams of the chain are refused, milliseconds. */
const CHAIN_LATE_MS = 15_000;

export type InvariantStatus = { id: string; says: string; violations: number };

/**
 * How the market is doing, for anybody: no tenant is in it. `process` is what this one server process counted; everything else
 * is the whole installation's.
 */
export type Status = {
  /** `down`: no database, or the books do not hold. `degraded`: the sweep the check of the books or the index of the chain is late, or it is ending. */
  status: "ok" | "degraded" | "down";
  network: "devnet" | "mainnet";
  version: Version & { migration: string | null };
  database: { up: boolean; pingMs: number | null };
  sweep: { lagMs: number | null; late: boolean };
  streams: { open: number; total: number } | null;
  /** Null without a chain. */
  chain: (ChainStatus & { late: boolean }) | null;
  requestsServed: number | null;
  invariants: {
    /** Null while the first check since the start is under way. */
    healthy: boolean | null;
    checkedAt: Date | null;
    tookMs: number | null;
    failure: string | null;
    checks: InvariantStatus[];
  };
  process: {
    uptimeMs: number;
    draining: boolean;
    stepMs: number;
    points: Point[];
    doorP50Ms: number | null;
    doorP99Ms: number | null;
    /** Paid calls: what the ledger said, and how the authorised ones ended. */
    decisions: Record<string, number>;
    ended: Record<string, number>;
    providerAnswers: Record<string, number>;
  };
};

export async function getStatus(): Promise<Status> {
  const { gauges, chain, books } = await askDatabase(PATIENCE_MS);
  const { latest, failure } = books;
  const checks = INVARIANT_IDS.map((id) => ({
    id,
    says: invariantWords[id],
    violations: latest?.violations[id] ?? 0,
  }));
  const healthy = latest && checks.every(({ violations }) => violations === 0);
  const { points, p50Ms, p99Ms } = readHistory();
  const { decisions, ended, upstream } = metrics();
  return {
    status: verdict({ gauges, chain, healthy, failure }),
    network: env.NETWORK,
    version: { ...readVersion(), migration: gauges?.migration ?? null },
    database: { up: gauges !== null, pingMs: gauges?.pingMs ?? null },
    sweep: { lagMs: gauges?.sweepLagMs ?? null, late: isLate(gauges) },
    streams: gauges && { open: gauges.streamsOpen, total: gauges.streamsTotal },
    chain: chain && { ...chain, late: isBehind(chain) },
    requestsServed: gauges?.requestsServed ?? null,
    invariants: {
      healthy,
      checkedAt: latest && new Date(latest.checkedAtMs),
      tookMs: latest?.tookMs ?? null,
      failure,
      checks,
    },
    process: {
      uptimeMs: Math.round(process.uptime() * 1000),
      draining: isDraining(),
      stepMs: STEP_MS,
      points,
      doorP50Ms: p50Ms,
      doorP99Ms: p99Ms,
      decisions: byOutcome(decisions.entries()),
      ended: byOutcome(ended.entries()),
      providerAnswers: byOutcome(upstream.entries()),
    },
  };
}

type Known = {
  gauges: Gauges | null;
  chain: ChainStatus | null;
  healthy: boolean | null;
  failure: string | null;
};

function verdict({ gauges, chain, healthy, failure }: Known): Status["status"] {
  if (!gauges || healthy === false) return "down";
  return failure || isDraining() || isLate(gauges) || (chain && isBehind(chain)) ? "degraded" : "ok";
}

function isLate(gauges: Gauges | null): boolean {
  return gauges !== null && gauges.sweepLagMs > SWEEP_LATE_MS;
}

function isBehind({ ageMs }: ChainStatus): boolean {
  return ageMs === null || ageMs > CHAIN_LATE_MS;
}

function byOutcome(entries: { labels: { outcome: string }; cell: { n: number } }[]): Record<string, number> {
  return Object.fromEntries(entries.map(({ labels, cell }) => [labels.outcome, cell.n]));
}
