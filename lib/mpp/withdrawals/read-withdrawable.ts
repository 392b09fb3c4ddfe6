import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";
import type { DollarToken } from "@/lib/rails/chain-assets";
import { getWallet } from "@/lib/streams/get-wallet";
import { payoutOf, WITHDRAWAL_MIN } from "./payout";
import { findWithdrawalTools } from "./withdrawal-tools";

/** What a wallet may take to the chain now, in base units of the ledger. */
export type Withdrawable = {
  asset: Asset;
  /** What is paid in. */
  token: Asset;
  chainId: number;
  /** The lesser of both below, in whole units of the token. */
  available: bigint;
  balance: bigint;
  /** What single payments of all payers brought to the server's account, less what was withdrawn. */
  backing: bigint;
  minimum: bigint;
};

/**
 * @returns null where nothing can be withdrawn: no chain, or no account to pay from
 * @throws ProblemError `unavailable` while no node answers
 */
export async function findWithdrawable(address: string): Promise<Withdrawable | null> {
  const tools = await findWithdrawalTools();
  return tools && readWithdrawable(tools.db, address, { ...tools, token: tools.token.asset });
}

/** The same of one token. */
export async function readWithdrawable(
  db: Queryable,
  address: string,
  { token, mixed }: { token: DollarToken; mixed: boolean },
): Promise<Withdrawable> {
  const { rows } = await db.query<{ left: string }>("select backing_left($1, $2, $3) as left", [
    ...[token.id, LEDGER_ASSET.symbol, mixed],
  ]);
  const { balance } = await getWallet({ address }, db);
  const backing = BigInt(rows[0]?.left ?? 0) * token.worth;
  const least = balance < backing ? balance : backing;
  return {
    ...{ asset: LEDGER_ASSET, token: { symbol: token.symbol, decimals: token.decimals } },
    chainId: chainIdOf(token),
    available: payoutOf(least, token).debit,
    ...{ balance, backing, minimum: WITHDRAWAL_MIN },
  };
}

/** CAIP-19: `eip155:<chain>/erc20:<address>`. */
function chainIdOf({ id }: DollarToken): number {
  return Number(id.slice("eip155:".length, id.indexOf("/")));
}
