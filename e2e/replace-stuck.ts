import type { Hex, PrivateKeyAccount } from "viem";
import { chainClient } from "./chain-client";

/**
 * What a wallet does when a person presses "Speed up" or "Cancel" on a transaction that waits: another one of the same number at twice the
 * fee, the same again or nothing to oneself. Then the one before it comes, and blocks take both.
 *
 * @returns the hash of the one that took the place
 */
export async function replaceStuck(
  account: PrivateKeyAccount,
  hash: Hex,
  how: "speed up" | "cancel",
): Promise<Hex> {
  const client = chainClient(account);
  const { nonce, to, input, value, gas, maxFeePerGas, maxPriorityFeePerGas } = await client.getTransaction({
    hash,
  });
  const fees = {
    maxFeePerGas: (maxFeePerGas ?? 0n) * 2n,
    maxPriorityFeePerGas: (maxPriorityFeePerGas ?? 0n) * 2n,
  };
  const same = { to, data: input, value, gas };
  const nothing = { to: account.address, value: 0n, gas: 21_000n };
  const replacement = await client.sendTransaction({
    nonce,
    ...fees,
    ...(how === "speed up" ? same : nothing),
  });
  await client.sendTransaction({ nonce: nonce - 1, ...nothing });
  return replacement;
}
