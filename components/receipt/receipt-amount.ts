import { toDecimal } from "@/lib/domain/decimal";

/**
 * An amount that a receipt holds in base units, in whole tokens with six digits; "?" when it holds none. A receipt may
 * have come from anywhere.
 */
export function receiptAmount(receipt: Readonly<Record<string, unknown>>, member: string): string {
  const units = receipt[member];
  const decimals = typeof receipt.decimals === "number" ? receipt.decimals : 18;
  return typeof units === "string" && /^\d{1,78}$/.test(units)
    ? toDecimal(BigInt(units), decimals, 6, "nearest")
    : "?";
}
