import "server-only";
import { BaseError, type TransactionReceipt } from "viem";
import { decodeError, describeFailedReceipt } from "@/lib/chain/decode-error";
import { fitsExpected } from "./fits-expected";
import type { Attempt, Intent, IntentError } from "./intent";
import type { Lane } from "./lane";
import { noteTarget, writeIntent } from "./write-intent";

/**
 * What a receipt means, once it lies deep enough: confirmed only with status 1 **and** the event that was to come of it. Before that
 * nothing is concluded, for the block may be taken back.
 */
export async function settleReceipt(
  lane: Lane,
  intent: Intent,
  attempts: readonly Attempt[],
  receipt: TransactionReceipt,
): Promise<void> {
  const { db, client, network, patience } = lane;
  const head = await client.getBlockNumber({ cacheTime: 0 });
  const depth = Number(head - receipt.blockNumber) + 1;
  if (depth < network.confirmations) {
    await writeIntent(db, intent, { state: "submitted", waitMs: patience.pollMs });
    return;
  }
  const block = {
    txHash: receipt.transactionHash,
    number: receipt.blockNumber,
    hash: receipt.blockHash,
    cost: costOf(receipt),
  };
  const purpose = attempts.find(({ hash }) => hash === receipt.transactionHash)?.purpose;
  const error = await faultOf(lane, intent, receipt, purpose);
  if (error) {
    await writeIntent(db, intent, { state: "failed", block, error });
    if (error.code === "reverted" || error.code === "no-event") await noteTarget(lane, intent.target, false);
    return;
  }
  const final = depth >= patience.finalDepth;
  await writeIntent(db, intent, { state: final ? "final" : "confirmed", block, waitMs: patience.resendMs });
  if (intent.state !== "confirmed") await noteTarget(lane, intent.target, true);
}

async function faultOf(
  lane: Lane,
  intent: Intent,
  receipt: TransactionReceipt,
  purpose: Attempt["purpose"] | undefined,
): Promise<{ code: IntentError; text: string } | null> {
  if (purpose === "cancel")
    return intent.kind === GAP_KIND
      ? null
      : { code: "cancelled", text: "It was given up: no block took it in its time, or no node took it." };
  if (receipt.status !== "success") return { code: "reverted", text: await reasonOf(lane, intent, receipt) };
  const { expected } = intent;
  if (expected && !receipt.logs.some((log) => fitsExpected(log, expected)))
    return { code: "no-event", text: "It went through, but what was to come of it did not happen." };
  return null;
}

/** Fills a number that was given to nothing: lib/outbox/repair-gap. */
export const GAP_KIND = "fill-gap";

/** A receipt has no reason: the same call is asked for once more, on the state before its block. */
async function reasonOf(
  { client, account }: Lane,
  intent: Intent,
  receipt: TransactionReceipt,
): Promise<string> {
  const { to, data, value } = intent;
  try {
    await client.call({ account: account.address, to, data, value, blockNumber: receipt.blockNumber - 1n });
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    const { kind, sentence } = decodeError(error);
    if (kind === "contract") return sentence;
  }
  return describeFailedReceipt({ used: receipt.gasUsed, limit: intent.gasLimit ?? receipt.gasUsed }).sentence;
}

/** Wei. On an OP chain the bytes are paid for beside the gas. */
function costOf(receipt: TransactionReceipt): bigint {
  const { l1Fee = 0n } = receipt as { l1Fee?: bigint | string | null };
  return receipt.gasUsed * receipt.effectiveGasPrice + BigInt(l1Fee ?? 0n);
}
