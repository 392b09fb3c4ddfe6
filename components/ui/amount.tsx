import type { Asset } from "@/lib/domain/asset";
import { type Rounding, toDecimal } from "@/lib/domain/decimal";
import { cn } from "./cn";

type Props = {
  value: bigint;
  asset: Asset;
  /** Digits after the point, as far as the asset has them. The exact amount is shown on hover. */
  digits?: number;
  /** `down` beside figures that are cut, so that they agree digit for digit. */
  rounding?: Rounding;
  /** False leaves the asset's name out, where a column or a label has it. */
  symbol?: boolean;
  className?: string;
};

/** An amount to read: six decimals, and every one of them on hover. */
export function Amount({ value, asset, digits = 6, rounding = "nearest", symbol = true, className }: Props) {
  const exact = toDecimal(value, asset.decimals, asset.decimals, "down");
  return (
    <span title={`${exact} ${asset.symbol}`} className={cn("whitespace-nowrap tabular-nums", className)}>
      {toDecimal(value, asset.decimals, Math.min(digits, asset.decimals), rounding)}
      {symbol ? <span className="text-[0.85em] text-soft"> {asset.symbol}</span> : null}
    </span>
  );
}
