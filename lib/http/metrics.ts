import "server-only";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { nowMs } from "@/lib/clock";
import { INVARIANT_IDS, runInvariants } from "@/lib/ledger/run-invariants";

type Metrics = {
  registry: Registry;
  apiRequests: Counter<"operation" | "status">;
  violations: Gauge<"id">;
  checkedAtMs: bigint;
  checking: Promise<void> | null;
};

/** The whole books are read for this: a scrape every few seconds must not do it each time. */
const CHECK_EVERY_MS = 60_000n;

// Every route of Next is a bundle of its own: without a common place each would count for itself.
const shared = globalThis as typeof globalThis & { superstreamMetrics?: Metrics };

/** The metrics of this process. No labels with names or ids of tenants. */
export function metrics(): Metrics {
  shared.superstreamMetrics ??= newMetrics();
  return shared.superstreamMetrics;
}

/** The text that Prometheus reads, with invariants at most a minute old. */
export async function scrapeMetrics(): Promise<{ text: string; contentType: string }> {
  await refreshViolations();
  const { registry } = metrics();
  return { text: await registry.metrics(), contentType: registry.contentType };
}

/** Scrapes that come together wait for one check. */
function refreshViolations(): Promise<void> {
  const state = metrics();
  if (nowMs() - state.checkedAtMs < CHECK_EVERY_MS) return Promise.resolve();
  state.checking ??= checkInvariants(state).finally(() => {
    state.checking = null;
  });
  return state.checking;
}

async function checkInvariants(state: Metrics): Promise<void> {
  const found = await runInvariants();
  for (const id of INVARIANT_IDS)
    state.violations.set({ id }, found.filter((violation) => violation.id === id).length);
  state.checkedAtMs = nowMs();
}

function newMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    apiRequests: new Counter({
      name: "superstream_api_requests_total",
      help: "Answers of the API by operation and status.",
      labelNames: ["operation", "status"],
      registers: [registry],
    }),
    violations: new Gauge({
      name: "superstream_invariant_violations",
      help: "Rows that break an invariant of the ledger. Anything above 0 is an alarm.",
      labelNames: ["id"],
      registers: [registry],
    }),
    checkedAtMs: 0n,
    checking: null,
  };
}
