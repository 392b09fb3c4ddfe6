import { UNKNOWN_AFTER_MS } from "./provider-health-rules";
import { DAY_MS, MONTH_DAYS } from "./provider-health-view";

/** The health of `provider p` as `provider_health h`, left joined, has it. One that nobody looked at, or not lately, is unknown. */
export const HEALTH_STATE = `(case when h.checked_ms >= clock_ms() - ${UNKNOWN_AFTER_MS} then h.state else 'unknown' end)`;

/** Milliseconds that the last probe took; those that did not answer come last. */
export const HEALTH_LATENCY =
  "(case when h.problem is null then coalesce(h.latency_ms, 2147483647) else 2147483647 end)::bigint";

const MONTH_MS = BigInt(MONTH_DAYS) * DAY_MS;

/**
 * Probes of the last 30 days that were answered, in a million. One answered and one missed probe are added, so that a
 * newcomer's first answer does not outrank a month of them.
 */
export const HEALTH_UPTIME_PPM = `(select 1000000 * (coalesce(sum(b.probes_ok), 0) + 1) / (coalesce(sum(b.probes), 0) + 2)
  from provider_health_bucket b
  where b.provider_id = p.id and b.span_ms = ${DAY_MS} and b.start_ms > clock_ms() - ${MONTH_MS})`;
