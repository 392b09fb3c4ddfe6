import "server-only";
import type { Network } from "@/lib/chain/network";
import type { Queryable } from "@/lib/db/pool";

/** A token that a price in dollars can be paid in. `worth`: base units of the ledger's dollar that one of its own is worth. */
export type DollarToken = { id: string; symbol: string; decimals: number; address: string; worth: bigint };

/** The dollar that Circle issues, wrapped or not, and what stands for it on the test networks. */
const DOLLARS = new Set(["USDC", "USDCx", "fUSDC", "fUSDCx"]);
const LEDGER_DECIMALS = 18;

/**
 * The dollar tokens of a network by their CAIP-19 names: each super token and what it wraps. Decimals are the table's, which is 18 for
 * USDC on some networks.
 */
export function dollarTokens({ chainId, superTokens }: Network): DollarToken[] {
  const tokens = superTokens.flatMap(({ underlying, ...token }) =>
    underlying ? [token, underlying] : [token],
  );
  return tokens
    .filter(({ symbol, decimals }) => DOLLARS.has(symbol) && decimals <= LEDGER_DECIMALS)
    .map(({ symbol, decimals, address }) => ({
      id: `eip155:${chainId}/erc20:${address.toLowerCase()}`,
      symbol,
      decimals,
      address: address.toLowerCase(),
      worth: 10n ** BigInt(LEDGER_DECIMALS - decimals),
    }));
}

/** Writes down what amounts in these tokens count. What stands there already stays: amounts of streams depend on it. */
export async function storeAssets(db: Queryable, network: Network): Promise<void> {
  for (const { id, symbol, decimals, address, worth } of dollarTokens(network))
    await db.query({
      text: `insert into asset (id, symbol, decimals, chain_id, address, worth) values ($1, $2, $3, $4, $5, $6)
        on conflict do nothing`,
      values: [id, symbol, decimals, network.chainId, address, worth],
    });
}
