import "server-only";
import { pool } from "@/lib/db/pool";
import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";
import type { LiveAnchor } from "@/lib/domain/live-accrued";
import { keepFresh } from "./keep-fresh";

/** All streams of the market seen as one: what has flowed through it ever, and how fast it flows now. */
export type NetworkFlow = {
  asset: Asset;
  /** The running streams' accrual as one moving amount. */
  anchor: LiveAnchor;
  /** Base units to add to it: what has been paid already, or was charged by the call. */
  plus: bigint;
  /** Streams with money left that run now. */
  streams: number;
  serverNowMs: bigint;
};

/** Rates of different periods are added over 210 days, which every allowed period divides (see price-sql.ts). */
const COMMON_PERIOD_MS = 18_144_000_000n;
/** Running streams are summed up again after this long: the reader's counter moves by the rate meanwhile. */
const FRESH_MS = 10_000;

/** The network's flow, summed up at most every 10 s in each process, however many read it. */
export const getNetworkFlow = keepFresh("network-flow", FRESH_MS, readNetworkFlow);

/** Only streams that have something due are looked at: those that ended cost nothing, however many they are. */
export async function readNetworkFlow(): Promise<NetworkFlow> {
  const { rows } = await pool().query<
    Record<"accrued" | "ceiling" | "apart" | "rate" | "streams" | "paid" | "now", string>
  >(
    `select coalesce(sum(least(stream_accrued(s, c.now_ms), stream_available(s))), 0)::text as accrued,
            coalesce(sum(stream_available(s)), 0)::text as ceiling,
            coalesce(sum(s.used - s.billed), 0)::text as apart,
            coalesce(sum(s.rate_amount * (${COMMON_PERIOD_MS} / s.rate_period_ms)), 0)::text as rate,
            count(s.id)::text as streams,
            (select coalesce(sum(earned), 0)::text from counter where scope = 'market') as paid,
            c.now_ms::text as now
       from (select clock_ms() as now_ms) c
       left join stream s on s.status = 'active' and s.due_ms is not null and s.depletes_ms > c.now_ms
      group by c.now_ms`,
  );
  const [row] = rows;
  if (!row) throw new Error("An aggregate over one clock gave no row.");
  const [rateAmount, nowMs] = [BigInt(row.rate), BigInt(row.now)];
  return {
    asset: LEDGER_ASSET,
    anchor: {
      accruedNum: BigInt(row.accrued),
      accruedDen: 1n,
      atMs: nowMs,
      rate: { amount: rateAmount, periodMs: COMMON_PERIOD_MS },
      ceiling: BigInt(row.ceiling),
      running: rateAmount > 0n,
    },
    plus: BigInt(row.paid) + BigInt(row.apart),
    streams: Number(row.streams),
    serverNowMs: nowMs,
  };
}
