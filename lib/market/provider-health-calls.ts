import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { logger } from "@/lib/log";
import type { UpstreamAnswer, UpstreamCall } from "@/lib/mpp/call-upstream";
import { addHistogram, bucketOf } from "./provider-health-histogram";
import { DAY_MS, HOUR_MS } from "./provider-health-view";

/** How long counts may wait in memory. */
const FLUSH_AFTER_MS = 5_000;

type Counts = { served: number; failed: number; latency: number[] };
type Meter = { counts: Map<string, Counts>; timer: NodeJS.Timeout | null };
type CallUpstream = (call: UpstreamCall) => Promise<UpstreamAnswer>;

// Every route of Next is a bundle of its own; the server in front of it shares the process.
const shared = globalThis as typeof globalThis & { superstreamCallMeter?: Meter };

/**
 * Counts how paid calls end at their provider, and how long it takes. Served: any 2xx. Failed: whatever the door does not
 * charge because of the provider (no answer, 5xx, too late, too large, a redirect). Other answers, such as 422, are about the
 * caller's input and count as neither. Events count when they end: as failed when they break off.
 *
 * A call costs a few additions here: counts are written a few seconds later, all together. A process that dies takes the
 * last seconds with it, which a measurement can bear and money could not.
 */
export function measureCalls(callUpstream: CallUpstream): CallUpstream {
  return async (call) => {
    const startMs = performance.now();
    const answer = await callUpstream(call).catch((error: unknown) => {
      count(call.providerId, "failed", null);
      throw error;
    });
    const latencyMs = performance.now() - startMs;
    if (answer.kind === "events") return watchEvents(answer, call.providerId, latencyMs);
    if (answer.status >= 200 && answer.status < 300) count(call.providerId, "served", latencyMs);
    return answer;
  };
}

type Events = Extract<UpstreamAnswer, { kind: "events" }>;

function watchEvents(answer: Events, providerId: string, latencyMs: number): Events {
  let stopped = false;
  async function* watched(): AsyncGenerator<Uint8Array> {
    let broken = false;
    try {
      yield* answer.body;
    } catch (error) {
      broken = !stopped;
      throw error;
    } finally {
      count(providerId, broken ? "failed" : "served", broken ? null : latencyMs);
    }
  }
  const stop = () => {
    stopped = true;
    answer.stop();
  };
  return { ...answer, body: watched(), stop };
}

function count(providerId: string, outcome: "served" | "failed", latencyMs: number | null): void {
  const counts = countsOf(providerId);
  counts[outcome] += 1;
  if (latencyMs !== null) {
    const bucket = bucketOf(latencyMs);
    for (let end = counts.latency.length; end <= bucket; end += 1) counts.latency.push(0);
    counts.latency[bucket] = (counts.latency[bucket] ?? 0) + 1;
  }
  flushSoon();
}

function countsOf(providerId: string): Counts {
  const { counts } = meter();
  const known = counts.get(providerId);
  if (known) return known;
  const fresh = { served: 0, failed: 0, latency: [] };
  counts.set(providerId, fresh);
  return fresh;
}

function meter(): Meter {
  shared.superstreamCallMeter ??= { counts: new Map(), timer: null };
  return shared.superstreamCallMeter;
}

function flushSoon(): void {
  const state = meter();
  state.timer ??= setTimeout(() => {
    state.timer = null;
    flushCalls().catch((error: unknown) => {
      logger.error(
        { error },
        "Counts of paid calls could not be written down: they are kept for the next time",
      );
      flushSoon();
    });
  }, FLUSH_AFTER_MS).unref();
}

/** Writes down what was counted so far. A server calls it before it ends. What cannot be written is kept. */
export async function flushCalls(db: Queryable = pool()): Promise<void> {
  const state = meter();
  const taken = state.counts;
  if (taken.size === 0) return;
  state.counts = new Map();
  const rows = [...taken].map(([id, counts]) => ({ id, ...counts }));
  try {
    await db.query(ADD_SQL, [JSON.stringify(rows), [String(HOUR_MS), String(DAY_MS)]]);
  } catch (error) {
    for (const { id, served, failed, latency } of rows) {
      const counts = countsOf(id);
      counts.served += served;
      counts.failed += failed;
      addHistogram(counts.latency, latency);
    }
    throw error;
  }
  const serving = rows.filter(({ served }) => served > 0).map(({ id }) => id);
  if (serving.length > 0) await db.query(SERVED_SQL, [serving]);
}

/** Rows in one order, so that servers that write at once never wait for each other in a circle. */
const ADD_SQL = `
  insert into provider_health_bucket as b
         (provider_id, span_ms, start_ms, calls_served, calls_failed, probe_latency, call_latency)
  select p.id, span_ms, clock_ms() / span_ms * span_ms, c.served, c.failed, '{}', c.latency
    from jsonb_to_recordset($1::jsonb) as c (id text, served bigint, failed bigint, latency int[])
    join provider p on p.id = c.id
   cross join unnest($2::bigint[]) as span_ms
   order by p.id, span_ms
  on conflict (provider_id, span_ms, start_ms) do update set
    calls_served = b.calls_served + excluded.calls_served, calls_failed = b.calls_failed + excluded.calls_failed,
    call_latency = add_histograms(b.call_latency, excluded.call_latency)`;

/** In the order of their ids, for the same reason. */
const SERVED_SQL = `
  update provider_health h set served_ms = clock_ms()
    from (select provider_id from provider_health where provider_id = any ($1) order by provider_id for update) as locked
   where h.provider_id = locked.provider_id`;
