import { LEDGER_ASSET } from "@/lib/domain/asset";
import { formatToken, parseAmount } from "@/lib/format";
import { WrongUse } from "./command";

/** Whole dollars as people type them, such as `0.5`. @returns base units, above 0 @throws WrongUse */
export function readAmount(text: string): bigint {
  let units: bigint;
  try {
    units = parseAmount(text, LEDGER_ASSET.decimals);
  } catch (error) {
    throw new WrongUse(`${text}: ${error instanceof Error ? error.message : error}`);
  }
  if (units === 0n) throw new WrongUse("The amount is above 0.");
  return units;
}

/** @param units base units, as the API says them */
export function showAmount(units: unknown, decimals: number = LEDGER_ASSET.decimals): string {
  return formatToken(BigInt(String(units)), { symbol: LEDGER_ASSET.symbol, decimals });
}
