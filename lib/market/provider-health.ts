import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import {
  DAY_HOURS,
  DAY_MS,
  type HealthBucket,
  type HealthRow,
  HOUR_MS,
  MONTH_DAYS,
  type ProviderHealth as ProviderHealthView,
  toProviderHealth,
} from "./provider-health-view";

export type ProviderHealth = ProviderHealthView;

/**
 * How well providers answered in the last day and month, by id. Each id has an entry: one that was never probed, or is
 * nobody's, is `unknown`. The cost is 54 short rows a provider, however many calls there were.
 */
export async function getProviderHealth(
  providerIds: readonly string[],
  db: Queryable = pool(),
): Promise<Map<string, ProviderHealth>> {
  if (providerIds.length === 0) return new Map();
  const [{ rows }, buckets] = await Promise.all([
    db.query<StatusRow>(STATUS_SQL, [providerIds]),
    db.query<BucketRow>(BUCKETS_SQL, [
      providerIds,
      String(HOUR_MS),
      DAY_HOURS - 1,
      String(DAY_MS),
      MONTH_DAYS - 1,
    ]),
  ]);
  return new Map(
    rows.map((row) => {
      const own = buckets.rows.filter(({ id }) => id === row.id);
      const [hours, days] = [HOUR_MS, DAY_MS].map((ms) =>
        own.filter(({ spanMs }) => BigInt(spanMs) === ms).map(toBucket),
      );
      return [row.id, toProviderHealth(toRow(row), hours ?? [], days ?? [], BigInt(row.nowMs))];
    }),
  );
}

const STATUS_SQL = `
  select wanted.id, clock_ms()::text as "nowMs", h.state, h.reason, h.checked_ms::text as "checkedMs",
         h.latency_ms as "latencyMs", h.problem, h.http_status as "httpStatus", h.failures,
         h.failing_since_ms::text as "failingSinceMs"
    from unnest($1::text[]) as wanted (id) left join provider_health h on h.provider_id = wanted.id`;

const BUCKETS_SQL = `
  select b.provider_id as id, b.span_ms::text as "spanMs", b.start_ms::text as "startMs", b.probes,
         b.probes_ok as "probesOk", b.calls_served::text as "callsServed", b.calls_failed::text as "callsFailed",
         b.probe_latency as "probeLatency", b.call_latency as "callLatency"
    from (values ($2::bigint, $3::bigint), ($4, $5)) as span (ms, back)
    join provider_health_bucket b on b.span_ms = span.ms and b.start_ms >= ((select clock_ms()) / span.ms - span.back) * span.ms
   where b.provider_id = any ($1)`;

type StatusRow = Pick<HealthRow, "reason" | "latencyMs" | "problem" | "httpStatus"> & {
  id: string;
  nowMs: string;
  state: HealthRow["state"] | null;
  failures: number | null;
  checkedMs: string | null;
  failingSinceMs: string | null;
};

type BucketRow = Pick<HealthBucket, "probes" | "probesOk"> & {
  id: string;
  spanMs: string;
  startMs: string;
  callsServed: string;
  callsFailed: string;
  probeLatency: number[] | null;
  callLatency: number[] | null;
};

function toRow({ state, failures, checkedMs, failingSinceMs, ...row }: StatusRow): HealthRow | null {
  if (state === null || failures === null) return null;
  return {
    ...row,
    state,
    failures,
    checkedMs: checkedMs === null ? null : BigInt(checkedMs),
    failingSinceMs: failingSinceMs === null ? null : BigInt(failingSinceMs),
  };
}

function toBucket({ startMs, callsServed, callsFailed, ...row }: BucketRow): HealthBucket {
  return {
    ...row,
    startMs: BigInt(startMs),
    callsServed: Number(callsServed),
    callsFailed: Number(callsFailed),
    probeLatency: row.probeLatency ?? [],
    callLatency: row.callLatency ?? [],
  };
}
