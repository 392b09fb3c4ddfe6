import type { Hex } from "viem";
import type { Network } from "./network";

type What = { transaction: Hex } | { address: Hex };

/** Where a person can look it up for themselves; null on a chain without an explorer, such as the devnet. */
export function explorerLink({ explorer }: Pick<Network, "explorer">, what: What): string | null {
  if (!explorer) return null;
  return "transaction" in what ? `${explorer}/tx/${what.transaction}` : `${explorer}/address/${what.address}`;
}
