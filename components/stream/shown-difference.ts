import type { Asset } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";

/**
 * `high − low` with `digits` after the point, where each bound is cut by itself. Lines that share their bounds then add up
 * in what is shown, digit for digit, and not only in what is meant. 0 when `low` is above `high`.
 *
 * @param digits no more than the asset has are shown
 */
export function shownDifference(high: bigint, low: bigint, asset: Asset, digits: number): string {
  const places = Math.min(digits, asset.decimals);
  const step = 10n ** BigInt(asset.decimals - places);
  const shown = high / step - low / step;
  return toDecimal(shown < 0n ? 0n : shown, places, places, "down");
}
