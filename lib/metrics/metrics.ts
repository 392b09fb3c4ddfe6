import { collectDefaultMetrics, Registry } from "prom-client";
import { createCounter } from "./create-counter";
import { createHistogram } from "./create-histogram";

/** Upper ends of the latency buckets, in seconds. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;
const BLOCKS = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256] as const;

export type Metrics = ReturnType<typeof newMetrics>;

// Every route of Next is a bundle of its own, and the server in front of it another: one set of counts for all of them.
const shared = globalThis as typeof globalThis & { superstreamCounts?: Metrics };

/**
 * What this process counts as it goes. What is asked for at scrape time (sweep lag, violations, connections) is added by
 * lib/operations/scrape-metrics.ts. No label ever carries a name, an id or an address of a tenant.
 */
export function metrics(): Metrics {
  shared.superstreamCounts ??= newMetrics();
  return shared.superstreamCounts;
}

function newMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: createCounter(registry, {
      name: "marketplace_requests_total",
      help: "Requests by route template and method.",
      labels: ["endpoint", "method"],
    }),
    errors: createCounter(registry, {
      name: "marketplace_errors_total",
      help: "Answers with status 400 and above by route template, method and problem code.",
      labels: ["endpoint", "method", "error_type"],
    }),
    responses: createCounter(registry, {
      name: "superstream_http_responses_total",
      help: "Answers by route template, method and status.",
      labels: ["endpoint", "method", "status"],
    }),
    durations: createHistogram(registry, {
      name: "superstream_http_request_duration_seconds",
      help: "Time until an answer was ready, by route template and method.",
      labels: ["endpoint", "method"],
      bounds: SECONDS,
    }),
    decisions: createCounter(registry, {
      name: "superstream_decisions_total",
      help: "Paid calls that the ledger decided: authorised, replay, or the code of the denial.",
      labels: ["outcome"],
    }),
    ended: createCounter(registry, {
      name: "superstream_calls_ended_total",
      help: "Authorised calls that this process ended: served, voided, or late when the ledger had ended them before.",
      labels: ["outcome"],
    }),
    upstream: createCounter(registry, {
      name: "superstream_upstream_answers_total",
      help: "What providers answered: ok, refused (a status below 500 that is no success), or the code of the failure.",
      labels: ["outcome"],
    }),
    steps: createHistogram(registry, {
      name: "superstream_door_step_duration_seconds",
      help: "Time of one step of a paid call: authorize, upstream, complete.",
      labels: ["step"],
      bounds: SECONDS,
    }),
    batches: createHistogram(registry, {
      name: "superstream_ledger_batch_size",
      help: "Calls that shared one round trip to the ledger.",
      labels: ["batch"],
      bounds: SIZES,
    }),
    chainChecks: createCounter(registry, {
      name: "superstream_chain_checks_total",
      help: "Streams that were compared with their chain: balanced or faulty.",
      labels: ["outcome"],
    }),
    indexLogs: createCounter(registry, {
      name: "superstream_index_logs_total",
      help: "Events of the chain that the index wrote: added, or removed with the blocks that were taken back.",
      labels: ["change"],
    }),
    indexErrors: createCounter(registry, {
      name: "superstream_index_errors_total",
      help: "Steps of the index that could not believe the chain, or not read it: the reason as in lib/indexer/chain-fault.ts.",
      labels: ["reason"],
    }),
    reorgDepths: createHistogram(registry, {
      name: "superstream_index_reorg_depth_blocks",
      help: "Blocks that a reorganisation of the chain took back.",
      labels: [],
      bounds: BLOCKS,
    }),
    loops: createCounter(registry, {
      name: "superstream_loop_passes_total",
      help: "Passes of the jobs that this process does on its own: done or failed.",
      labels: ["loop", "result"], // Not `job`: Prometheus gives that name to what it scrapes.
    }),
  };
}
