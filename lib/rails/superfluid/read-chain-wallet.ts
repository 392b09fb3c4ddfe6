import "server-only";
import { type Address, getAddress } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { SuperfluidContracts } from "@/lib/chain/network";
import type { Asset } from "@/lib/domain/asset";
import type { RealTimeBalance } from "@/lib/domain/flow-allocations";
import type { ChainPlace } from "../chain-place";
import { balanceKey, readBalances } from "./read-balances";
import { superTokenPlace } from "./super-token";

/** What an address has on the chain, in base units. The super token's moves: `netPerSecond`, signed, since the block at `atMs`. */
export type ChainWallet = {
  network: string;
  coin: { asset: Asset; amount: bigint };
  underlying: { asset: Asset; amount: bigint };
  superToken: { asset: Asset; balance: RealTimeBalance };
  /** The database's clock, which every counter of a page goes by. */
  serverNowMs: bigint;
};

/** @throws ProblemError `not-available-here` when the network has no super token of dollars, `unavailable` while it does not answer */
export async function readChainWallet(
  place: ChainPlace,
  contracts: SuperfluidContracts,
  account: string,
): Promise<ChainWallet> {
  const { network } = place;
  const client = await place.client();
  const { token, underlying } = superTokenPlace(place, contracts, null);
  if (!underlying) throw new Error(`${token.symbol} wraps no token.`); // superTokenPlace offers none.
  const of = { token: token.address, account: account.toLowerCase() };
  const owner = getAddress(account);
  const [coin, cash, balances, clock] = await Promise.all([
    client.getBalance({ address: owner }),
    client.readContract({
      address: underlying.address as Address,
      abi: testUsdcAbi,
      functionName: "balanceOf",
      args: [owner],
    }),
    readBalances(client, [of]),
    place.db().query<{ now: string }>("select clock_ms()::text as now"),
  ]);
  const balance = balances.get(balanceKey(of));
  if (!balance) throw new Error("A balance that was asked for is there.");
  return {
    network: network.name,
    coin: { asset: network.coin, amount: coin },
    underlying: { asset: { symbol: underlying.symbol, decimals: underlying.decimals }, amount: cash },
    superToken: { asset: { symbol: token.symbol, decimals: token.decimals }, balance },
    serverNowMs: BigInt(clock.rows[0]?.now ?? balance.atMs),
  };
}
