import "server-only";
import { type Hash, TransactionNotFoundError, TransactionReceiptNotFoundError } from "viem";
import type { ChainClient } from "@/lib/chain/public-client";
import { ProblemError } from "@/lib/errors";

const PATIENCE_MS = 5_000;

/** `payer` and `contracts` in lower case. `confirmedTo`: the last block that our index takes as final, asked when it is needed. */
type Asked = {
  txHash: Hash;
  payer: string;
  contracts: readonly string[];
  confirmedTo: () => Promise<bigint>;
};
export type Pending = { txHash: Hash; confirmations: number };

/**
 * Whether a transaction that a payer names may be about to open its stream: it exists, the payer sent it, to one of `contracts`, and it
 * has not failed, and our index has not confirmed its block yet. That buys patience ("wait" instead of "pay") and nothing else: the stream
 * itself is read from the chain's events.
 *
 * @returns null when nothing is to be waited for
 * @throws ProblemError `stream/verification-unavailable` when the chain does not answer: "open another one" would be wrong then
 */
export async function findPending(open: () => Promise<ChainClient>, asked: Asked): Promise<Pending | null> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      look(await open(), asked),
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error("The chain takes too long.")), PATIENCE_MS);
      }),
    ]);
  } catch (cause) {
    throw new ProblemError(
      "stream/verification-unavailable",
      "The chain cannot be asked about the transaction now. Do not pay again; retry.",
      { extensions: { retryAfterSeconds: 2 }, cause },
    );
  } finally {
    clearTimeout(timer);
  }
}

async function look(
  client: ChainClient,
  { txHash, payer, contracts, confirmedTo }: Asked,
): Promise<Pending | null> {
  const transaction = await client.getTransaction({ hash: txHash }).catch((error: unknown) => {
    if (error instanceof TransactionNotFoundError) return null;
    throw error;
  });
  if (transaction?.from.toLowerCase() !== payer) return null;
  if (!contracts.includes(transaction.to?.toLowerCase() ?? "")) return null;

  const receipt = await client.getTransactionReceipt({ hash: txHash }).catch((error: unknown) => {
    if (error instanceof TransactionReceiptNotFoundError) return null;
    throw error;
  });
  if (!receipt) return { txHash, confirmations: 0 };
  if (receipt.status === "reverted") return null;
  // What the index has confirmed it has read: if that opened nothing here, waiting does not help.
  const [head, confirmed] = await Promise.all([client.getBlockNumber(), confirmedTo()]);
  if (receipt.blockNumber <= confirmed) return null;
  return { txHash, confirmations: Number(head - receipt.blockNumber) + 1 };
}
