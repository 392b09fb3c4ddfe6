import { toDecimal } from "@/lib/domain/decimal";

const SIGNIFICANT = 3;

/**
 * An amount in as few digits as say how much it is: "1,250.00", "1.00", "0.0417", "0.0000116". Two digits after the
 * point at least; of less than one, three that are not zeros.
 *
 * @param units base units, ≥ 0
 * @param decimals of the asset
 */
export function shortAmount(units: bigint, decimals: number): string {
  const digits = String(units).length;
  const places = digits > decimals ? 2 : Math.min(decimals, decimals - digits + SIGNIFICANT);
  const [whole = "0", fraction = ""] = toDecimal(units, decimals, places, "nearest").split(".");
  const kept = fraction.replace(/0+$/, "").padEnd(2, "0");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${kept}`;
}
