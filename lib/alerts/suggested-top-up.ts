import type { Asset } from "@/lib/domain/asset";
import { amountOver, type Rate } from "@/lib/domain/rate";

/** How much flow one click adds: as long as the most distant alert looks ahead. */
const SUGGESTED_MS = 14_400_000n;
/** Digits after the point that people read and that the button writes: what it says is what moves. */
const SHOWN_DIGITS = 6;

/**
 * What one click adds: four hours of flow, but no less than revives an empty stream, rounded up to what is shown.
 *
 * @param minimum base units that a top-up must have to be of use now
 * @returns base units
 */
export function suggestedTopUp(rate: Rate, asset: Asset, minimum: bigint): bigint {
  const flow = amountOver(rate, SUGGESTED_MS, "ceil");
  const units = flow > minimum ? flow : minimum;
  const step = 10n ** BigInt(Math.max(asset.decimals - SHOWN_DIGITS, 0));
  return ((units + step - 1n) / step) * step;
}
