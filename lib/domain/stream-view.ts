import type { Asset } from "./asset";
import { toDecimal } from "./decimal";
import { flowRatePerSecond, PERIODS_MS, type Rate } from "./rate";

/** A stream as anybody may see it (S0.8): exactly these nine members, decimals as text, no floats. */
export type PublicStreamView = {
  stream_id: string;
  sender: string;
  receiver: string;
  flow_rate_per_second: string;
  flow_rate_per_day: string;
  token: string;
  is_active: boolean;
  elapsed_seconds: string;
  total_accrued: string;
};

/**
 * @param stream.endedMs when accrual stopped for good, null while it may still run
 * @param stream.accrued base units accrued at `atMs`, as the ledger says
 * @param atMs the caller's clock. Elapsed time runs from start to end, pauses included, cut to 0.1 s
 * @returns the flow rate to every decimal of the asset, rounded down; the two totals to the nearest sixth decimal
 */
export function publicStreamView(
  stream: {
    streamId: string;
    sender: string;
    receiver: string;
    rate: Rate;
    asset: Asset;
    active: boolean;
    startedMs: bigint;
    endedMs: bigint | null;
    accrued: bigint;
  },
  atMs: bigint,
): PublicStreamView {
  const { rate, asset, startedMs, endedMs } = stream;
  const untilMs = endedMs !== null && endedMs < atMs ? endedMs : atMs;
  const elapsedMs = untilMs > startedMs ? untilMs - startedMs : 0n;
  const perDay = (rate.amount * PERIODS_MS.day) / rate.periodMs;
  return {
    stream_id: stream.streamId,
    sender: stream.sender,
    receiver: stream.receiver,
    flow_rate_per_second: toDecimal(flowRatePerSecond(rate), asset.decimals, asset.decimals, "down"),
    flow_rate_per_day: toDecimal(perDay, asset.decimals, 6, "nearest"),
    token: asset.symbol,
    is_active: stream.active,
    elapsed_seconds: toDecimal(elapsedMs, 3, 1, "down"),
    total_accrued: toDecimal(stream.accrued, asset.decimals, 6, "nearest"),
  };
}
