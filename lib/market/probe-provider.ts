import "server-only";
import { ProblemError } from "@/lib/errors";
import { safeFetch } from "@/lib/mpp/safe-fetch";
import type { ProbeProblem } from "./provider-health-view";

/** Longest that a provider may take to answer a probe. */
const PROBE_DEADLINE_MS = 5_000;

export type ProbeResult =
  /** `latencyMs` has a fraction. */
  | { ok: true; latencyMs: number; httpStatus: number }
  | { ok: false; problem: ProbeProblem; httpStatus: number | null };

type Options = {
  /** Private upstreams that may be called, exactly `host:port`. */
  allow: readonly string[];
  deadlineMs?: number;
  /** Ends the probe without a result. */
  signal?: AbortSignal;
};

/**
 * One unpaid request to a provider: `GET {endpoint}/health`, through the door's own guarded fetch, so that a probe reaches
 * what a paid call reaches and nothing else. Any status below 500 is an answer: a provider without `/health` says 404, and
 * that it is there. Not an answer: a redirect, which the door would refuse too, and 500 or above.
 *
 * The latency is from dialling (name, connection, TLS) to the head of the answer. Its body is not read.
 *
 * @returns null when `signal` ended it
 */
export async function probeProvider(endpoint: string, options: Options): Promise<ProbeResult | null> {
  const { allow, deadlineMs = PROBE_DEADLINE_MS, signal } = options;
  const deadline = AbortSignal.timeout(deadlineMs);
  const startMs = performance.now();
  try {
    const response = await safeFetch(`${endpoint}/health`, {
      method: "GET",
      headers: { accept: "application/json", "user-agent": "Superstream-Probe/1" },
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
      allow,
    });
    const latencyMs = performance.now() - startMs;
    // Let go of, not read: it may be endless. Whatever still goes wrong with it came after the answer.
    await response.body?.cancel().catch(() => undefined);
    const httpStatus = response.status;
    return httpStatus < 500
      ? { ok: true, latencyMs, httpStatus }
      : { ok: false, problem: "server-error", httpStatus };
  } catch (error) {
    if (signal?.aborted) return null;
    return { ok: false, problem: problemOf(error), httpStatus: null };
  }
}

function problemOf(error: unknown): ProbeProblem {
  if (!(error instanceof ProblemError)) throw error;
  switch (error.code) {
    case "upstream-timeout":
      return "timeout";
    case "upstream-refused":
      return "refused";
    default:
      return "unreachable";
  }
}
