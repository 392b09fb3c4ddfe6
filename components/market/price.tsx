import { cn } from "@/components/ui/cn";
import type { Asset } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import { amountOver, PERIODS_MS, type Rate } from "@/lib/domain/rate";
import { shortAmount } from "./short-amount";

type Props = {
  rate: Rate;
  asset: Asset;
  per: "second" | "hour" | "day";
  symbol?: boolean;
  className?: string;
};

/** What a rate costs in a second, an hour or a day: as few digits as say it, all of them on hover. */
export function Price({ rate, asset, per, symbol = false, className }: Props) {
  const units = amountOver(rate, PERIODS_MS[per], "ceil");
  return (
    <span
      title={`${toDecimal(units, asset.decimals, asset.decimals, "down")} ${asset.symbol} a ${per}`}
      className={cn("whitespace-nowrap tabular-nums", className)}
    >
      {shortAmount(units, asset.decimals)}
      {symbol ? <span className="text-[0.85em] text-soft"> {asset.symbol}</span> : null}
    </span>
  );
}
