import type { Rate } from "./rate";

/** Where a moving amount stands and how it moves: enough to know it exactly at any moment. */
export type LiveAnchor = {
  /** Exact accrual of the whole stream, as a fraction of base units, at `atMs`. */
  accruedNum: bigint;
  accruedDen: bigint;
  atMs: bigint;
  rate: Rate;
  /** What accrual may reach: funded − used − held. */
  ceiling: bigint;
  running: boolean;
};

/** Base units accrued at `nowMs`: one floor over the exact sum, as the ledger counts, never past the deposit. */
export function liveAccrued(anchor: LiveAnchor, nowMs: bigint): bigint {
  const { accruedNum, accruedDen, atMs, rate, ceiling, running } = anchor;
  const elapsedMs = running && nowMs > atMs ? nowMs - atMs : 0n;
  const exact =
    (accruedNum * rate.periodMs + rate.amount * elapsedMs * accruedDen) / (accruedDen * rate.periodMs);
  return exact < ceiling ? exact : ceiling;
}
