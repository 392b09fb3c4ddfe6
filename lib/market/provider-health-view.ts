import { addHistogram, type Histogram, percentileMs } from "./provider-health-histogram";
import { type HealthReason, type HealthState, UNKNOWN_AFTER_MS, type Verdict } from "./provider-health-rules";

/** Latencies in whole milliseconds, at most 9.1 % off (provider-health-histogram.ts). Null when nothing was measured. */
export type Latency = { p50Ms: number; p95Ms: number } | null;

/** What was measured in a day or a month. Shares are 0 to 1, null when there is nothing to share. */
export type HealthSpan = {
  probes: number;
  probesOk: number;
  /** Share of probes that were answered. */
  uptime: number | null;
  /** Of answered probes: from dialling to the head of the answer. */
  probeLatency: Latency;
  callsServed: number;
  callsFailed: number;
  /** Share of paid calls that the provider served, of those that it served or failed. */
  successRate: number | null;
  /** Of served paid calls: until the whole answer was there, for events until their head. */
  callLatency: Latency;
};

/** One hour of the sparkline. Without probes its `p50Ms` is null. */
export type HealthHour = Pick<HealthSpan, "probes" | "probesOk" | "callsServed" | "callsFailed"> & {
  startMs: bigint;
  /** Median of answered probes. */
  p50Ms: number | null;
};

export type ProviderHealth = {
  state: HealthState;
  reason: HealthReason | null;
  /** The last probe; null before the first. `latencyMs` is null and `problem` named when it failed. */
  lastCheck: {
    atMs: bigint;
    latencyMs: number | null;
    problem: ProbeProblem | null;
    httpStatus: number | null;
  } | null;
  /** Failed probes in a row, and when the first of them was. */
  failures: number;
  failingSinceMs: bigint | null;
  /** The clock that `lastCheck` was measured by, at the moment of reading. */
  serverNowMs: bigint;
  /** The hour under way and the 23 before it. */
  day: HealthSpan;
  /** The day (UTC) under way and the 29 before it. */
  month: HealthSpan;
  /** The 24 hours of `day`, oldest first. */
  hours: HealthHour[];
};

/** `timeout`: no answer in time. `refused`: an address the door does not call, or a redirect. `server-error`: 500 or above. */
export type ProbeProblem = "timeout" | "refused" | "unreachable" | "server-error";

export type HealthRow = {
  state: HealthState;
  reason: HealthReason | null;
  checkedMs: bigint | null;
  latencyMs: number | null;
  problem: ProbeProblem | null;
  httpStatus: number | null;
  failures: number;
  failingSinceMs: bigint | null;
};

export type HealthBucket = {
  startMs: bigint;
  probes: number;
  probesOk: number;
  callsServed: number;
  callsFailed: number;
  probeLatency: Histogram;
  callLatency: Histogram;
};

export const HOUR_MS = 3_600_000n;
export const DAY_MS = 86_400_000n;
export const DAY_HOURS = 24;
export const MONTH_DAYS = 30;

/**
 * What is shown of a provider, from its last probe and its buckets in any order. Buckets that are too old are left out.
 *
 * @param row null for a provider that nobody has heard of: unknown
 * @param nowMs the clock that the buckets were written by
 */
export function toProviderHealth(
  row: HealthRow | null,
  hourBuckets: readonly HealthBucket[],
  dayBuckets: readonly HealthBucket[],
  nowMs: bigint,
): ProviderHealth {
  const starts = lastStarts(nowMs, HOUR_MS, DAY_HOURS);
  const monthStarts = lastStarts(nowMs, DAY_MS, MONTH_DAYS);
  const hours = starts.map((startMs) => toHour(startMs, hourBuckets));
  return {
    ...verdictOf(row, nowMs),
    lastCheck: row?.checkedMs
      ? {
          atMs: row.checkedMs,
          latencyMs: row.latencyMs,
          problem: row.problem,
          httpStatus: row.httpStatus,
        }
      : null,
    failures: row?.failures ?? 0,
    failingSinceMs: row?.failingSinceMs ?? null,
    serverNowMs: nowMs,
    day: sumUp(hourBuckets.filter(({ startMs }) => starts.includes(startMs))),
    month: sumUp(dayBuckets.filter(({ startMs }) => monthStarts.includes(startMs))),
    hours,
  };
}

/** A verdict holds as long as somebody keeps checking. */
function verdictOf(row: HealthRow | null, nowMs: bigint): Verdict {
  if (!row?.checkedMs) return { state: "unknown", reason: "not-checked" };
  if (nowMs - row.checkedMs > BigInt(UNKNOWN_AFTER_MS))
    return { state: "unknown", reason: "not-checked-lately" };
  return { state: row.state, reason: row.reason };
}

function lastStarts(nowMs: bigint, spanMs: bigint, count: number): bigint[] {
  const current = nowMs - (nowMs % spanMs);
  return Array.from({ length: count }, (_, index) => current - spanMs * BigInt(count - 1 - index));
}

function toHour(startMs: bigint, buckets: readonly HealthBucket[]): HealthHour {
  const bucket = buckets.find((candidate) => candidate.startMs === startMs);
  return {
    startMs,
    probes: bucket?.probes ?? 0,
    probesOk: bucket?.probesOk ?? 0,
    callsServed: bucket?.callsServed ?? 0,
    callsFailed: bucket?.callsFailed ?? 0,
    p50Ms: percentileMs(bucket?.probeLatency ?? [], 0.5),
  };
}

function sumUp(buckets: readonly HealthBucket[]): HealthSpan {
  const sum = { probes: 0, probesOk: 0, callsServed: 0, callsFailed: 0 };
  const probeLatency: number[] = [];
  const callLatency: number[] = [];
  for (const bucket of buckets) {
    sum.probes += bucket.probes;
    sum.probesOk += bucket.probesOk;
    sum.callsServed += bucket.callsServed;
    sum.callsFailed += bucket.callsFailed;
    addHistogram(probeLatency, bucket.probeLatency);
    addHistogram(callLatency, bucket.callLatency);
  }
  return {
    ...sum,
    uptime: shareOf(sum.probesOk, sum.probes),
    probeLatency: latencyOf(probeLatency),
    successRate: shareOf(sum.callsServed, sum.callsServed + sum.callsFailed),
    callLatency: latencyOf(callLatency),
  };
}

function shareOf(good: number, all: number): number | null {
  return all === 0 ? null : good / all;
}

function latencyOf(histogram: Histogram): Latency {
  const p50Ms = percentileMs(histogram, 0.5);
  const p95Ms = percentileMs(histogram, 0.95);
  return p50Ms === null || p95Ms === null ? null : { p50Ms, p95Ms };
}
