/** `unknown`: not probed yet, or not lately. */
export type HealthState = "up" | "degraded" | "down" | "unknown";

/** Why a provider is not simply up. */
export type HealthReason =
  | "probes-failed"
  | "probe-failed"
  | "served-despite-probes"
  | "low-uptime"
  | "low-success-rate"
  | "not-checked"
  | "not-checked-lately";

export type HealthFacts = {
  /** Probes that failed since the last that did not. */
  failures: number;
  /** When the first of them failed; null when the last probe did not fail. */
  failingSinceMs: bigint | null;
  /** When a paid call was last served. */
  servedMs: bigint | null;
  /** Now, by the clock of the other moments. */
  nowMs: bigint;
  /** Of the last day. */
  probes: number;
  probesOk: number;
  callsServed: number;
  callsFailed: number;
};

export type Verdict = { state: HealthState; reason: HealthReason | null };

/** Failed probes in a row that make a provider down. */
export const FAILURES_DOWN = 3;
/** A share of a day below this is not good enough. */
const SHARE_MIN = 0.95;
/** Fewer measurements than this in a day say nothing about a share. */
const SAMPLE_MIN = 20;
/** What was seen longer ago than this says nothing of now: a verdict, or a served call. `PROBE_INTERVAL_MS` is a third of it at most. */
export const UNKNOWN_AFTER_MS = 15 * 60_000;

/**
 * The verdict after a probe. Down: the last three probes failed, and nobody got a paid answer since, or not lately. Degraded: a recent
 * probe failed, or less than 95 % of the day's probes or paid calls succeeded. Up: neither.
 */
export function judgeHealth(facts: HealthFacts): Verdict {
  if (facts.failures >= FAILURES_DOWN)
    return servesAllTheSame(facts)
      ? { state: "degraded", reason: "served-despite-probes" }
      : { state: "down", reason: "probes-failed" };
  if (facts.failures > 0) return { state: "degraded", reason: "probe-failed" };
  if (isLow(facts.callsServed, facts.callsServed + facts.callsFailed))
    return { state: "degraded", reason: "low-success-rate" };
  if (isLow(facts.probesOk, facts.probes)) return { state: "degraded", reason: "low-uptime" };
  return { state: "up", reason: null };
}

/** Lately, too: one call that was served as an outage began must not hide the outage. */
function servesAllTheSame({ failingSinceMs, servedMs, nowMs }: HealthFacts): boolean {
  if (servedMs === null || failingSinceMs === null) return false;
  return servedMs > failingSinceMs && nowMs - servedMs <= BigInt(UNKNOWN_AFTER_MS);
}

function isLow(good: number, all: number): boolean {
  return all >= SAMPLE_MIN && good / all < SHARE_MIN;
}
