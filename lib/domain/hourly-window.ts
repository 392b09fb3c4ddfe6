import { divCeil } from "./amount";

const HOUR_MS = 3_600_000n;

export type HourlyWindow =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly opensMs: bigint; readonly retryAfterSeconds: bigint };

/**
 * An exact sliding hour at constant cost. Authorised requests of a stream are numbered 1, 2, 3 …; number n may pass when
 * number n − limit is at least one hour old, so no window of 3,600,000 ms ever holds more than `limit`.
 *
 * @param earlierAtMs when number n − limit passed; null when there is none (n <= limit)
 * @returns when refused, the millisecond from which the request passes, and the wait in whole seconds, rounded up
 */
export function hourlyWindow(earlierAtMs: bigint | null, atMs: bigint): HourlyWindow {
  if (earlierAtMs === null) return { allowed: true };
  const opensMs = earlierAtMs + HOUR_MS;
  if (atMs >= opensMs) return { allowed: true };
  return { allowed: false, opensMs, retryAfterSeconds: divCeil(opensMs - atMs, 1_000n) };
}
