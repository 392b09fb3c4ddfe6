import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { FAILURES_DOWN } from "./provider-health-rules";

/** Providers that are down are asked less and less often, but this often at least (or every interval, if that is longer). */
const BACK_OFF_MAX_MS = 300_000;
/** Each turn is up to this share of an interval late, so that providers that came together part. */
const JITTER = 0.1;

export type ProbeSchedule = {
  /** Pause between two probes of one provider, in milliseconds. */
  intervalMs: number;
};

export type DueProbe = { providerId: string; endpoint: string };

/**
 * Takes the provider that has been due for longest, and sets its next turn in the same statement: the turn is the lease. If
 * this process dies now, the provider is probed by another one interval later. Null when nobody is due.
 */
export async function claimProbe({ intervalMs }: ProbeSchedule, db: Queryable): Promise<DueProbe | null> {
  const { rows } = await db.query<DueProbe>(CLAIM_SQL, [
    intervalMs,
    JITTER,
    Math.max(intervalMs, BACK_OFF_MAX_MS),
    FAILURES_DOWN,
  ]);
  return rows[0] ?? null;
}

/** The clock is read once, in a select of its own: otherwise it is read for every row, and no index helps. */
const CLAIM_SQL = `
  with due as (
    select provider_id from provider_health where due_ms <= (select clock_ms()) order by due_ms limit 1 for update skip locked)
  update provider_health h
     set due_ms = clock_ms() + least($1::bigint * 2 ^ least(greatest(h.failures - $4::int, 0), 10) * (1 + $2::float8 * random()), $3::bigint * (1 + $2 * random()))::bigint
    from due, provider p
   where h.provider_id = due.provider_id and p.id = h.provider_id
  returning h.provider_id as "providerId", p.endpoint`;
