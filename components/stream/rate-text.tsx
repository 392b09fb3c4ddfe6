import type { Asset } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import { flowRatePerSecond, type Rate } from "@/lib/domain/rate";
import { formatRate } from "@/lib/format";

/** A rate as it was agreed; what it comes to in a second on hover. */
export function RateText({ rate, asset }: { rate: Rate; asset: Asset }) {
  const perSecond = toDecimal(flowRatePerSecond(rate), asset.decimals, asset.decimals, "down");
  return (
    <span title={`${perSecond} ${asset.symbol} a second`} className="whitespace-nowrap">
      {formatRate(rate, asset)}
    </span>
  );
}
