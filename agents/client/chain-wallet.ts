import type { Account, Address, Chain, Hash, PublicClient, Transport, WalletClient } from "viem";
import type { ChainCall } from "@/lib/rails/chain-call";
import { PaymentRefused } from "./spending-caps";

/** How an agent reaches its chain: `wallet` signs and sends for its account, `reader` asks. Both on the same chain. */
export type ChainWallet = {
  wallet: WalletClient<Transport, Chain, Account>;
  reader: PublicClient<Transport, Chain>;
};

/**
 * Sends calls one after another, each when the one before is in a block, and waits for the last one's confirmations.
 *
 * @returns the hash of the last
 * @throws PaymentRefused `chain-failed` when one is refused or reverts: nothing after it was sent
 */
export async function sendCalls(
  { wallet, reader }: ChainWallet,
  calls: readonly ChainCall[],
  confirmations: number,
): Promise<Hash> {
  let last: Hash | undefined;
  for (const [index, { to, data, value, says }] of calls.entries()) {
    try {
      const estimate = await reader.estimateGas({ account: wallet.account, to, data, value });
      // An estimate made in the second of another flow operation is too low (lib/chain/gas).
      last = await wallet.sendTransaction({ to, data, value, gas: (estimate * 13n + 9n) / 10n });
      const { status } = await reader.waitForTransactionReceipt({
        hash: last,
        confirmations: index === calls.length - 1 ? confirmations : 1,
      });
      if (status === "success") continue;
    } catch (cause) {
      throw failed(says, cause);
    }
    throw failed(says);
  }
  if (!last) throw new Error("There is nothing to send.");
  return last;
}

function failed(says: string, cause?: unknown): PaymentRefused {
  const refusal = new PaymentRefused("chain-failed", `The chain refused: ${says}`);
  refusal.cause = cause;
  return refusal;
}

export function walletAddress({ wallet }: ChainWallet): Address {
  return wallet.account.address;
}
