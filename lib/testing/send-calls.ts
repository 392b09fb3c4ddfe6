import type { Account, Address, Hex } from "viem";
import { foundry } from "viem/chains";
import { gasLimit } from "@/lib/chain/gas";
import type { ChainCall } from "@/lib/rails/chain-call";
import type { startTestDevnet } from "./devnet";

/**
 * Sends calls as a wallet does: one transaction each, in order, with the gas that its node estimates and the margin.
 *
 * @param account its key, or an address that anvil has the key of
 * @returns their hashes
 * @throws what viem throws when a call would revert; Error when one reverted
 */
export async function sendCalls(
  { chain }: Pick<Awaited<ReturnType<typeof startTestDevnet>>, "chain">,
  account: Account | Address,
  calls: readonly Pick<ChainCall, "to" | "data" | "value" | "says">[],
): Promise<Hex[]> {
  const hashes: Hex[] = [];
  for (const { to, data, value, says } of calls) {
    const gas = gasLimit(await chain.estimateGas({ account, to, data, value }));
    const hash = await chain.sendTransaction({ account, to, data, value, gas, chain: foundry });
    const { status } = await chain.waitForTransactionReceipt({ hash });
    if (status !== "success") throw new Error(`Reverted: ${says}`);
    hashes.push(hash);
  }
  return hashes;
}
