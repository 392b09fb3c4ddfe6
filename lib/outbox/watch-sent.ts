import "server-only";
import { type TransactionReceipt, TransactionReceiptNotFoundError } from "viem";
import { capPrice, gasPrice } from "@/lib/chain/gas";
import { inTransaction } from "@/lib/db/in-transaction";
import { broadcast } from "./broadcast";
import { listAttempts } from "./claim-intents";
import { replacementFees } from "./fees";
import type { Attempt, Intent } from "./intent";
import type { Lane } from "./lane";
import { recordBroadcast } from "./record-broadcast";
import { settleReceipt } from "./settle-receipt";
import { signAttempt } from "./sign-attempt";
import { type ChainNonces, noteProblem } from "./signer";
import { writeIntent } from "./write-intent";

/** So many signed transactions of one number that no node has taken, and it is given up. */
const UNTAKEN_MAX = 5;

/**
 * Looks at one intent that was signed: in a block, or still to be sent, or to be replaced, or displaced. Any of its transactions counts,
 * for a node may have kept the one that was meant to be replaced.
 */
export async function watchSent(lane: Lane, intent: Intent, nonces: ChainNonces): Promise<void> {
  lane.at?.("claimed");
  const attempts = await listAttempts(lane, intent);
  const receipt = await findReceipt(lane, attempts);
  lane.at?.("seen");
  if (receipt) {
    await settleReceipt(lane, intent, attempts, receipt);
    lane.at?.("recorded");
    return;
  }
  const [newest] = attempts;
  if (!newest || intent.nonce === null)
    throw new Error(`Intent ${intent.id} was signed, but has no transaction.`);
  // The block that held it is gone: the same bytes again.
  if (intent.state === "confirmed")
    return send(lane, intent, attempts.find(({ hash }) => hash === intent.txHash) ?? newest);
  if (nonces.latest > intent.nonce) return waitOrRenumber(lane, intent, nonces, intent.nonce);

  const overdue = intent.deadlineMs !== null && intent.deadlineMs <= intent.nowMs;
  const slow = intent.nowMs - newest.signedMs >= BigInt(lane.patience.replaceMs);
  const isNext = nonces.latest === intent.nonce; // A later number waits for the one before, whatever it offers.
  // A node that takes none of them will not take the next one either, and everything behind would wait for ever.
  const hopeless = slow && intent.sentMs === null && attempts.length >= UNTAKEN_MAX;
  if (isNext && (overdue || hopeless) && newest.purpose === "effect")
    return replace(lane, intent, newest, "cancel");
  if (isNext && slow) return replace(lane, intent, newest, newest.purpose);

  const silent = intent.sentMs === null || intent.nowMs - intent.sentMs >= BigInt(lane.patience.resendMs);
  if (silent) return send(lane, intent, newest);
  await writeIntent(lane.db, intent, { state: intent.state, waitMs: lane.patience.pollMs });
}

async function findReceipt(
  { client }: Lane,
  attempts: readonly Attempt[],
): Promise<TransactionReceipt | null> {
  const receipts = await Promise.all(
    attempts.map(({ hash }) =>
      client.getTransactionReceipt({ hash }).catch((error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return null;
        throw error;
      }),
    ),
  );
  return receipts.find((receipt) => receipt !== null) ?? null;
}

async function send(lane: Lane, intent: Intent, attempt: Attempt): Promise<void> {
  const said = await broadcast(lane, attempt);
  lane.at?.("broadcast");
  await recordBroadcast(lane, intent, said);
  lane.at?.("sent");
}

/**
 * A transaction that is none of ours has the number, such as one that a person sent with the same key. Once it lies as deep as what we
 * rely on, ours can never happen, and the intent gets another number.
 */
async function waitOrRenumber(
  lane: Lane,
  intent: Intent,
  { settled }: ChainNonces,
  nonce: number,
): Promise<void> {
  if (settled <= nonce) {
    await writeIntent(lane.db, intent, { state: intent.state, waitMs: lane.patience.pollMs });
    return;
  }
  await lane.db.query(
    `update chain_intent set state = 'pending', nonce = null, cost = null, signed_ms = null, sent_ms = null, due_ms = clock_ms()
     where id = $1 and version = $2`,
    [intent.id, intent.version.toString()],
  );
}

/** The same number again with higher fees. Stored before it is sent, like the first. */
async function replace(
  lane: Lane,
  intent: Intent,
  newest: Attempt,
  purpose: Attempt["purpose"],
): Promise<void> {
  const { client, limits } = lane;
  const price = capPrice(await gasPrice(client), limits.maxFee);
  const fees = price && replacementFees(newest, { maxFee: price.max, tip: price.tip }, limits.maxFee);
  if (!fees) {
    await noteProblem(lane, "fees-too-high");
    return send(lane, intent, newest);
  }
  const attempt = await inTransaction(lane.db, async (tx) => {
    const gas = intent.gasLimit ?? 0n;
    const { rowCount } = await tx.query("update chain_intent set cost = $3 where id = $1 and version = $2", [
      intent.id,
      intent.version.toString(),
      (gas * fees.maxFee).toString(),
    ]);
    if (rowCount !== 1 || intent.nonce === null) return null; // Somebody else has it.
    return signAttempt(tx, lane, intent, { ...fees, seq: newest.seq + 1, nonce: intent.nonce, gas, purpose });
  });
  lane.at?.("signed");
  if (attempt) await send(lane, intent, attempt);
}
