import { getAddress } from "viem";
import type { Asset } from "@/lib/domain/asset";
import { flowRatePerSecond, type Rate } from "@/lib/domain/rate";
import type { StreamStatus } from "@/lib/domain/stream-state";
import type { Priority, TierName } from "@/lib/domain/tier";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import type { RailId } from "@/lib/rails/rail";

/** A stream as its parties see it at `serverNowMs`. Amounts are base units; times are the database's milliseconds. */
export type StreamView = {
  id: string;
  rail: RailId;
  sender: string;
  receiver: string;
  provider: { id: string; name: string };
  tier: TierName;
  status: StreamStatus;
  asset: Asset;
  rate: Rate;
  flowRatePerSecond: bigint;
  ratePerDay: bigint;
  maxRequestsPerHour: number;
  priority: Priority;
  funded: bigint;
  accrued: bigint;
  used: bigint;
  held: bigint;
  billed: bigint;
  refunded: bigint;
  /** Not yet accrued, charged, held or paid back. funded = accrued + used + held + remaining + refunded. */
  remaining: bigint;
  runwayMs: bigint;
  /** Exact accrual when the running segment began (or stopped): a counter adds rate × time to it while `active`. */
  anchor: { accruedNum: bigint; accruedDen: bigint; atMs: bigint };
  startedAtMs: bigint;
  depletesAtMs: bigint | null;
  graceUntilMs: bigint | null;
  closedAtMs: bigint | null;
  closeCause: string | null;
  autoTopUp: AutoTopUpRule | null;
  minimumTopUp: bigint;
  served: bigint;
  denied: bigint;
  /** Where the stream stands on a chain, as of the block that was mirrored last; null on the ledger. */
  chain: ChainPlace | null;
  serverNowMs: bigint;
};

export type ChainPlace = {
  chainId: number;
  /** `streampay:<contract>:<id>` or `flow:<token>:<sender>:<receiver>`. */
  subject: string;
  contract: string;
  openedTx: string;
  asOf: { number: bigint; hash: string; atMs: bigint };
};

type ChainRow = {
  chainId: number;
  subject: string;
  contract: string;
  openedTx: string;
  number: string;
  hash: string;
  atMs: string;
};

/** A row of `streamColumns`, as pg gives it: numeric and bigint are text. */
export type StreamRow = Record<(typeof amountColumns)[number], string> &
  Record<(typeof momentColumns)[number], string | null> & {
    id: string;
    sender: string;
    receiver: string;
    provider_id: string;
    provider_name: string;
    tier: string;
    status: string;
    rail: string;
    symbol: string;
    decimals: number;
    chain: ChainRow | null;
    priority: string;
    close_cause: string | null;
    max_requests_per_hour: number;
  };

const amountColumns = [
  "rate_amount",
  "rate_period_ms",
  "funded",
  "accrued",
  "used",
  "held",
  "billed",
  "refunded",
  "carried_num",
  "carried_den",
  "minimum_top_up",
  "served",
  "denied",
  "opened_ms",
  "grace_ms",
  "last_ms",
  "now_ms",
] as const;
const momentColumns = [
  "segment_started_ms",
  "depletes_ms",
  "grace_until_ms",
  "closed_ms",
  "auto_trigger_ms",
  "auto_chunk_ms",
  "auto_daily_max",
  "auto_expires_ms",
] as const;

/** Select list and joins for a view. `now_ms` never runs behind the stream's own time. */
export const selectStreams = `
  select s.*, p.name as provider_name, a.symbol, a.decimals,
    (select jsonb_build_object('chainId', c.chain_id, 'subject', c.subject, 'contract', c.contract, 'openedTx', c.opened_tx,
       'number', c.block_number::text, 'hash', c.block_hash, 'atMs', c.block_ms::text) from chain_stream c where c.stream_id = s.id) as chain, t.now_ms, stream_minimum_top_up(s, t.now_ms) as minimum_top_up,
    least(stream_accrued(s, t.now_ms), stream_available(s)) as accrued
  from stream s join provider p on p.id = s.provider_id join asset a on a.id = s.asset
    cross join lateral (select greatest(s.last_ms, clock_ms()) as now_ms) t`;

/** The view of a row. A stream whose deposit is spent reads as exhausted, also before a sweep has written it down. */
export function streamView(row: StreamRow): StreamView {
  const nowMs = BigInt(row.now_ms);
  const rate = { amount: BigInt(row.rate_amount), periodMs: BigInt(row.rate_period_ms) };
  const depletesMs = moment(row.depletes_ms);
  const spent = depletesMs !== null && nowMs >= depletesMs;
  const status = spent ? "exhausted" : (row.status as StreamStatus);
  const [funded, accrued, used, held] = [row.funded, row.accrued, row.used, row.held].map(BigInt) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const refunded = BigInt(row.refunded);
  const running = status === "active";
  return {
    id: row.id,
    rail: row.rail as RailId,
    sender: getAddress(row.sender),
    receiver: getAddress(row.receiver),
    provider: { id: row.provider_id, name: row.provider_name },
    tier: row.tier as TierName,
    status,
    asset: { symbol: row.symbol, decimals: row.decimals },
    rate,
    flowRatePerSecond: flowRatePerSecond(rate),
    ratePerDay: (rate.amount * 86_400_000n) / rate.periodMs,
    maxRequestsPerHour: row.max_requests_per_hour,
    priority: row.priority as Priority,
    funded,
    accrued,
    used,
    held,
    billed: BigInt(row.billed),
    refunded,
    remaining: funded - accrued - used - held - refunded,
    runwayMs: running && depletesMs !== null ? depletesMs - 1n - nowMs : 0n,
    anchor: spent
      ? { accruedNum: accrued, accruedDen: 1n, atMs: depletesMs }
      : {
          accruedNum: BigInt(row.carried_num),
          accruedDen: BigInt(row.carried_den),
          atMs: moment(row.segment_started_ms) ?? BigInt(row.last_ms),
        },
    startedAtMs: BigInt(row.opened_ms),
    depletesAtMs: depletesMs,
    graceUntilMs: spent ? depletesMs + BigInt(row.grace_ms) : moment(row.grace_until_ms),
    closedAtMs: moment(row.closed_ms),
    closeCause: row.close_cause,
    autoTopUp: autoTopUp(row),
    minimumTopUp: BigInt(row.minimum_top_up),
    served: BigInt(row.served),
    denied: BigInt(row.denied),
    chain: row.chain && chainPlace(row.chain),
    serverNowMs: nowMs,
  };
}

function chainPlace({ number, hash, atMs, contract, ...place }: ChainRow): ChainPlace {
  const asOf = { number: BigInt(number), hash, atMs: BigInt(atMs) };
  return { ...place, contract: getAddress(contract), asOf };
}

function autoTopUp(row: StreamRow): AutoTopUpRule | null {
  if (row.auto_trigger_ms === null || row.auto_chunk_ms === null || row.auto_daily_max === null) return null;
  return {
    triggerMs: BigInt(row.auto_trigger_ms),
    chunkMs: BigInt(row.auto_chunk_ms),
    dailyMax: BigInt(row.auto_daily_max),
    expiresMs: moment(row.auto_expires_ms),
  };
}

function moment(value: string | null): bigint | null {
  return value === null ? null : BigInt(value);
}
