import type { DollarToken } from "@/lib/rails/chain-assets";

/** What a withdrawal pays, in base units of the token, and what it takes from the wallet and leaves there, in those of the ledger. */
export type Payout = { amount: bigint; debit: bigint; left: bigint };

/** The whole base units of the token that `asked` base units of the ledger are worth: rounded down, and the rest stays in the wallet. */
export function payoutOf(asked: bigint, { worth }: Pick<DollarToken, "worth">): Payout {
  const amount = asked / worth;
  const debit = amount * worth;
  return { amount, debit, left: asked - debit };
}

/**
 * The least that is paid out, in base units of the ledger: a tenth of a dollar. Each withdrawal costs the server gas, so a wallet must not be
 * emptied by crumbs.
 */
export const WITHDRAWAL_MIN = 10n ** 17n;
