import { formatDuration } from "@/lib/format";
import type { ProviderHealth } from "@/lib/market/provider-health";
import type { HealthState } from "@/lib/market/provider-health-rules";
import type { HealthHour, HealthSpan, ProbeProblem } from "@/lib/market/provider-health-view";

/** A state in a word or two, and in the tone of a badge. */
export const stateLooks = {
  up: { text: "Up", tone: "flow" },
  degraded: { text: "Unsteady", tone: "warn" },
  down: { text: "Down", tone: "stop" },
  unknown: { text: "Not checked", tone: "plain" },
} as const satisfies Record<HealthState, { text: string; tone: string }>;

/** "99.98%", "93.1%", "100%": cut, so that only all of them make 100. @param share 0 to 1 */
export function formatShare(share: number): string {
  if (share === 1) return "100%";
  const digits = share >= 0.99 ? 2 : 1;
  const cut = Math.floor(share * 100 * 10 ** digits + 1e-9) / 10 ** digits;
  return `${cut.toFixed(digits)}%`;
}

/** "42 ms", "1.2 s". @param ms whole milliseconds */
export function formatLatency(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

type Explained = Pick<ProviderHealth, "reason" | "failures" | "failingSinceMs" | "serverNowMs"> & {
  day: Pick<HealthSpan, "callsServed">;
};

/** Why a provider is in its state, for somebody who is about to pay it. */
export function explainHealth(health: Explained): string {
  const { reason, failures, failingSinceMs, serverNowMs, day } = health;
  switch (reason) {
    case null:
      return day.callsServed > 0
        ? "Answers its checks, and serves its paid calls."
        : "Answers its checks. No paid call in the last day.";
    case "probes-failed":
      return `The last ${failures} checks failed${lasting(failingSinceMs, serverNowMs)}: a call would likely fail now.`;
    case "probe-failed":
      return failures === 1 ? "The last check failed." : `The last ${failures} checks failed.`;
    case "served-despite-probes":
      return "Its checks fail, but it still serves paid calls.";
    case "low-uptime":
      return "It answers now, but failed more than 5% of the checks of the last day.";
    case "low-success-rate":
      return "It failed more than 5% of its paid calls of the last day.";
    case "not-checked":
      return "No check has been made yet.";
    case "not-checked-lately":
      return "No check in the last 15 minutes, so nobody knows.";
  }
}

function lasting(sinceMs: bigint | null, nowMs: bigint): string {
  return sinceMs === null || nowMs - sinceMs < 60_000n ? "" : `, for ${formatDuration(nowMs - sinceMs)}`;
}

/** How one check went wrong. */
export function explainProblem(problem: ProbeProblem, httpStatus: number | null): string {
  switch (problem) {
    case "timeout":
      return "no answer in time";
    case "refused":
      return "its address may not be called, or redirects";
    case "unreachable":
      return "it could not be reached";
    case "server-error":
      return httpStatus === null ? "a server error" : `it answered ${httpStatus}`;
  }
}

/** The sparkline in words. */
export function describeHours(hours: readonly HealthHour[]): string {
  const measured = hours.flatMap(({ p50Ms }) => (p50Ms === null ? [] : [p50Ms]));
  const failing = hours.filter(({ probes, probesOk }) => probesOk < probes).length;
  const unchecked = hours.filter(({ probes }) => probes === 0).length;
  if (unchecked === hours.length) return "No checks in the last 24 hours.";
  const latency =
    measured.length === 0
      ? "No check was answered in the last 24 hours."
      : `Median latency by the hour, last 24 hours: ${formatLatency(Math.min(...measured))} to ${formatLatency(Math.max(...measured))}.`;
  return [
    latency,
    failing === 0 ? "No check failed." : `Checks failed in ${hoursOf(failing)}.`,
    ...(unchecked === 0 ? [] : [`No checks in ${hoursOf(unchecked)}.`]),
  ].join(" ");
}

function hoursOf(count: number): string {
  return count === 1 ? "1 hour" : `${count} hours`;
}
