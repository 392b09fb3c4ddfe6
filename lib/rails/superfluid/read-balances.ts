import "server-only";
import type { Address } from "viem";
import { superTokenAbi } from "@/contracts-abi/superfluid";
import type { ChainClient } from "@/lib/chain/public-client";
import type { RealTimeBalance } from "@/lib/domain/flow-allocations";

/** One account of one super token; addresses in lower case. */
export type BalanceOf = { token: string; account: string };

/**
 * What accounts can spend now and how that moves, at the newest block: the token adds all agreements up, flows, pools and deposits. The
 * net rate is the difference of two seconds, because no contract tells it over all agreements.
 *
 * @returns by `balanceKey`
 */
export async function readBalances(
  client: ChainClient,
  accounts: readonly BalanceOf[],
): Promise<Map<string, RealTimeBalance>> {
  if (accounts.length === 0) return new Map();
  const { timestamp } = await client.getBlock();
  const read = (of: BalanceOf, at: bigint) =>
    client.readContract({
      address: of.token as Address,
      abi: superTokenAbi,
      functionName: "realtimeBalanceOf",
      args: [of.account as Address, at],
    });
  const balances = await Promise.all(
    accounts.map(async (of): Promise<[string, RealTimeBalance]> => {
      const [[available], [next]] = await Promise.all([read(of, timestamp), read(of, timestamp + 1n)]);
      return [balanceKey(of), { available, netPerSecond: next - available, atMs: timestamp * 1_000n }];
    }),
  );
  return new Map(balances);
}

export function balanceKey({ token, account }: BalanceOf): string {
  return `${token}:${account}`;
}
