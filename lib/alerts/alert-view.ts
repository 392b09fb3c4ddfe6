import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";
import type { Rate } from "@/lib/domain/rate";
import { suggestedTopUp } from "./suggested-top-up";

/** `live`: true now and not put away. `resolved`: topped up, paused or ended since. */
export type AlertState = "live" | "dismissed" | "resolved";

/**
 * One threshold that the runway of a stream has passed, as its sender sees it at `serverNowMs`. Amounts are base units.
 * `thresholdMs`, `runwayMs`, `depletesAtMs` and `remaining` are those of the moment when it was raised; `now` is this moment.
 */
export type AlertView = {
  id: string;
  state: AlertState;
  streamId: string;
  provider: { id: string; name: string };
  asset: Asset;
  rate: Rate;
  thresholdMs: bigint;
  raisedAtMs: bigint;
  runwayMs: bigint;
  depletesAtMs: bigint;
  remaining: bigint;
  /** Why the stream's automatic top-up cannot help; null when it has none. */
  autoTopUpObstacle: string | null;
  /** Four more hours of flow, or what revives an empty stream, rounded up to six digits after the point. */
  suggestedTopUp: bigint;
  now: { streamStatus: string; runwayMs: bigint; depletesAtMs: bigint | null; graceUntilMs: bigint | null };
  serverNowMs: bigint;
};

/** A row of `selectAlerts`, as pg gives it: numeric and bigint are text. */
export type AlertRow = {
  id: string;
  state: string;
  stream_id: string;
  provider_id: string;
  provider_name: string;
  obstacle: string | null;
  status: string;
  is_live: boolean;
} & Record<
  | "threshold_ms"
  | "raised_ms"
  | "runway_ms"
  | "depletes_ms"
  | "remaining"
  | "rate_amount"
  | "rate_period_ms"
  | "minimum_top_up"
  | "now_ms",
  string
> &
  Record<"ended_ms" | "dismissed_ms" | "depletes_now_ms" | "grace_until_ms", string | null>;

/**
 * Raised alerts with their streams. One is live while its descent lasts, the stream runs below the threshold or waits empty
 * for its grace to end, and no more urgent one of the same stream stands.
 */
export const selectAlerts = `
  select * from (
    select a.id, a.account, a.state, a.stream_id, a.threshold_ms, a.obstacle, a.runway_ms, a.depletes_ms, a.remaining, a.raised_ms, a.ended_ms,
      a.dismissed_ms, p.id as provider_id, p.name as provider_name, s.rate_amount, s.rate_period_ms, t.now_ms, t.status,
      s.depletes_ms as depletes_now_ms, coalesce(s.grace_until_ms, s.depletes_ms + s.grace_ms) as grace_until_ms,
      stream_minimum_top_up(s, t.now_ms) as minimum_top_up,
      a.ended_ms is null and a.dismissed_ms is null
        and (t.status = 'active' and s.depletes_ms - 1 - t.now_ms <= a.threshold_ms
          or t.status = 'exhausted' and t.now_ms < coalesce(s.grace_until_ms, s.depletes_ms + s.grace_ms))
        and not exists (select 1 from alert b where b.stream_id = a.stream_id and b.ended_ms is null
          and b.state = 'raised' and b.threshold_ms < a.threshold_ms) as is_live
    from alert a join stream s on s.id = a.stream_id join provider p on p.id = s.provider_id
      cross join lateral (select n.now_ms, case when s.depletes_ms <= n.now_ms then 'exhausted' else s.status end as status
        from (select greatest(s.last_ms, clock_ms()) as now_ms) n) t
    where a.state = 'raised') x`;

/** The view of a row. */
export function alertView(row: AlertRow): AlertView {
  const nowMs = BigInt(row.now_ms);
  const depletesAtMs = row.depletes_now_ms === null ? null : BigInt(row.depletes_now_ms);
  const rate = { amount: BigInt(row.rate_amount), periodMs: BigInt(row.rate_period_ms) };
  const left = depletesAtMs === null || depletesAtMs <= nowMs ? 0n : depletesAtMs - 1n - nowMs;
  const ended = row.status !== "active" && row.status !== "exhausted";
  return {
    id: row.id,
    state: row.is_live
      ? "live"
      : row.dismissed_ms !== null && row.ended_ms === null && !ended
        ? "dismissed"
        : "resolved",
    streamId: row.stream_id,
    provider: { id: row.provider_id, name: row.provider_name },
    asset: LEDGER_ASSET,
    rate,
    thresholdMs: BigInt(row.threshold_ms),
    raisedAtMs: BigInt(row.raised_ms),
    runwayMs: BigInt(row.runway_ms),
    depletesAtMs: BigInt(row.depletes_ms),
    remaining: BigInt(row.remaining),
    autoTopUpObstacle: row.obstacle,
    suggestedTopUp: suggestedTopUp(rate, LEDGER_ASSET, BigInt(row.minimum_top_up)),
    now: {
      streamStatus: row.status,
      runwayMs: left,
      depletesAtMs,
      graceUntilMs:
        row.grace_until_ms === null || row.status !== "exhausted" ? null : BigInt(row.grace_until_ms),
    },
    serverNowMs: nowMs,
  };
}
