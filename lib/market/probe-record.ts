import "server-only";
import type { Queryable } from "@/lib/db/pool";
import type { ProbeResult } from "./probe-provider";
import { histogramOf } from "./provider-health-histogram";
import { type HealthFacts, judgeHealth } from "./provider-health-rules";
import { DAY_HOURS, DAY_MS, HOUR_MS } from "./provider-health-view";

/**
 * Writes down what a probe found: in the buckets of this hour and this day, as the provider's last check, and as the
 * verdict that lists and `healthy=true` go by. One process has the provider's turn, so nobody else writes these columns.
 */
export async function recordProbe(providerId: string, result: ProbeResult, db: Queryable): Promise<void> {
  const latency = result.ok ? histogramOf(result.latencyMs) : [];
  await db.query(COUNT_SQL, [providerId, [String(HOUR_MS), String(DAY_MS)], result.ok ? 1 : 0, latency]);
  const facts = await noteCheck(providerId, result, db);
  if (!facts) return; // The provider was removed meanwhile.
  const { state, reason } = judgeHealth(facts);
  await db.query("update provider_health set state = $2, reason = $3 where provider_id = $1", [
    providerId,
    state,
    reason,
  ]);
}

const COUNT_SQL = `
  insert into provider_health_bucket as b (provider_id, span_ms, start_ms, probes, probes_ok, probe_latency, call_latency)
  select p.id, span_ms, clock_ms() / span_ms * span_ms, 1, $3::int, $4::int[], '{}'
    from provider p, unnest($2::bigint[]) as span_ms
   where p.id = $1
   order by span_ms
  on conflict (provider_id, span_ms, start_ms) do update set
    probes = b.probes + 1, probes_ok = b.probes_ok + excluded.probes_ok,
    probe_latency = add_histograms(b.probe_latency, excluded.probe_latency)`;

type FactsRow = {
  failures: number;
  failingSinceMs: string | null;
  servedMs: string | null;
  nowMs: string;
  probes: number;
  probesOk: number;
  callsServed: string;
  callsFailed: string;
};

async function noteCheck(
  providerId: string,
  result: ProbeResult,
  db: Queryable,
): Promise<HealthFacts | null> {
  const { rows } = await db.query<FactsRow>(NOTE_SQL, [
    providerId,
    result.ok,
    result.ok ? Math.max(1, Math.round(result.latencyMs)) : null,
    result.ok ? null : result.problem,
    result.httpStatus,
    String(HOUR_MS),
    DAY_HOURS - 1,
  ]);
  const [row] = rows;
  if (!row) return null;
  return {
    ...row,
    failingSinceMs: row.failingSinceMs === null ? null : BigInt(row.failingSinceMs),
    servedMs: row.servedMs === null ? null : BigInt(row.servedMs),
    nowMs: BigInt(row.nowMs),
    callsServed: Number(row.callsServed),
    callsFailed: Number(row.callsFailed),
  };
}

const NOTE_SQL = `
  update provider_health h
     set checked_ms = clock_ms(), latency_ms = $3::int, problem = $4, http_status = $5,
         failures = case when $2 then 0 else h.failures + 1 end,
         failing_since_ms = case when $2 then null else coalesce(h.failing_since_ms, clock_ms()) end
    from (select coalesce(sum(probes), 0)::int as probes, coalesce(sum(probes_ok), 0)::int as probes_ok,
                 coalesce(sum(calls_served), 0)::text as served, coalesce(sum(calls_failed), 0)::text as failed
            from provider_health_bucket
           where provider_id = $1 and span_ms = $6::bigint
             and start_ms >= ((select clock_ms()) / $6::bigint - $7::bigint) * $6::bigint) as day
   where h.provider_id = $1
  returning h.failures, h.failing_since_ms::text as "failingSinceMs", h.served_ms::text as "servedMs",
            h.checked_ms::text as "nowMs",
            day.probes, day.probes_ok as "probesOk", day.served as "callsServed", day.failed as "callsFailed"`;
