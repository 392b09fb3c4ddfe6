import type { Asset } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";

/**
 * `high − low` with `digits` after the point, where each bound is cut by itself. Lines that share their bounds then add up
 * in what is shown, digit for digit, and not only in what is meant. 0 when `low` is above `high`.
 */
export function shownDifference(high: bigint, low: bigint, asset: Asset, digits: number): string {
  const step = 10n ** BigInt(asset.decimals - digits);
  const shown = high / step - low / step;
  return toDecimal(shown < 0n ? 0n : shown, digits, digits, "down");
}
