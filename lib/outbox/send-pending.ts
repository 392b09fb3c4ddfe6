import "server-only";
import { BaseError } from "viem";
import { decodeError } from "@/lib/chain/decode-error";
import { capPrice, type GasPrice, gasLimit, gasPrice } from "@/lib/chain/gas";
import { inTransaction } from "@/lib/db/in-transaction";
import { broadcast } from "./broadcast";
import type { Attempt, Intent } from "./intent";
import { type Lane, laneAddress } from "./lane";
import { recordBroadcast } from "./record-broadcast";
import { signAttempt } from "./sign-attempt";
import { noteProblem, readChainNonces, type SignerProblem } from "./signer";
import { noteTarget, writeIntent } from "./write-intent";

/** Longest pause between two tries of a simulation that is refused. */
const RETRY_MS_MAX = 60_000;

type Prepared = { gas: bigint; price: GasPrice; balance: bigint; chainNonce: number };

/**
 * Takes one pending intent on its way: tries it out, gives it a number, signs it, stores the bytes, and only then sends them. A server that dies
 * after any of these steps leaves something that the next one goes on from.
 *
 * @returns why it stays where it is although the target would take it, null when it went on or failed
 */
export async function sendPending(lane: Lane, intent: Intent): Promise<SignerProblem | null> {
  lane.at?.("claimed");
  if (intent.deadlineMs !== null && intent.deadlineMs <= intent.nowMs) {
    const error = { code: "deadline", text: "Its time was over before it could be sent." } as const;
    await writeIntent(lane.db, intent, { state: "failed", error });
    return null;
  }
  const prepared = await prepare(lane, intent);
  if (prepared === null) return null;
  lane.at?.("simulated");
  const signed = typeof prepared === "string" ? prepared : await numberAndSign(lane, intent, prepared);
  if (signed === null) return null; // Somebody else has it.
  if (typeof signed === "string") {
    await noteProblem(lane, signed);
    await writeIntent(lane.db, intent, { state: "pending", waitMs: lane.patience.retryMs });
    return signed;
  }
  lane.at?.("signed");
  const said = await broadcast(lane, signed);
  lane.at?.("broadcast");
  await recordBroadcast(lane, intent, said);
  lane.at?.("sent");
  return null;
}

/** @returns null when the target refuses now: it is tried again later, or has failed */
async function prepare(lane: Lane, intent: Intent): Promise<Prepared | SignerProblem | null> {
  const { client, account, limits } = lane;
  const { to, data, value } = intent;
  try {
    const estimate = await client.estimateGas({ account: account.address, to, data, value });
    const [price, balance, { latest }] = await Promise.all([
      gasPrice(client),
      client.getBalance({ address: account.address }),
      readChainNonces(lane),
    ]);
    const capped = capPrice(price, limits.maxFee);
    return capped ? { gas: gasLimit(estimate), price: capped, balance, chainNonce: latest } : "fees-too-high";
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    const { kind, sentence } = decodeError(error, { coin: lane.network.coin.symbol });
    if (kind === "no-coin") return "no-coin";
    if (kind !== "contract" && kind !== "out-of-gas") return "node-silent";
    await noteRefusal(lane, intent, sentence);
    return null;
  }
}

async function noteRefusal(lane: Lane, intent: Intent, sentence: string): Promise<void> {
  const tries = intent.tries + 1;
  await noteTarget(lane, intent.target, false);
  if (tries >= intent.maxTries) {
    await writeIntent(lane.db, intent, {
      state: "failed",
      tries,
      error: { code: "refused", text: sentence },
    });
    return;
  }
  const waitMs = Math.min(lane.patience.retryMs * 2 ** tries, RETRY_MS_MAX);
  await writeIntent(lane.db, intent, {
    state: "pending",
    tries,
    waitMs,
    error: { code: null, text: sentence },
  });
}

/** Under the lock of the lane: the number, the limits, the bytes. Whatever was promised before counts as spent. */
async function numberAndSign(
  lane: Lane,
  intent: Intent,
  { gas, price, balance, chainNonce }: Prepared,
): Promise<Attempt | SignerProblem | null> {
  const where = [lane.network.chainId, laneAddress(lane)];
  const cost = gas * price.max;
  return inTransaction(lane.db, async (tx) => {
    const { rows: signers } = await tx.query<{ next_nonce: string }>(
      "select next_nonce from chain_signer where chain_id = $1 and address = $2 for update",
      where,
    );
    const { rows: mine } = await tx.query<{ seq: number }>(
      `select (select count(*)::int from chain_attempt where intent_id = i.id) as seq from chain_intent i
       where i.id = $1 and i.version = $2 and i.state = 'pending' for update`,
      [intent.id, intent.version.toString()],
    );
    if (!signers[0] || !mine[0]) return null;
    const { rows: sums } = await tx.query<{ promised: string; today: string }>(
      `select coalesce(sum(cost + value) filter (where state in ('signed', 'submitted')), 0) as promised,
         coalesce(sum(cost) filter (where signed_ms >= clock_ms() - clock_ms() % 86400000), 0) as today
       from chain_intent where chain_id = $1 and signer = $2
         and (state in ('signed', 'submitted') or signed_ms >= clock_ms() - clock_ms() % 86400000)`,
      where,
    );
    if (BigInt(sums[0]?.today ?? 0) + cost > lane.limits.gasPerDay) return "budget-spent";
    if (BigInt(sums[0]?.promised ?? 0) + cost + intent.value > balance) return "no-coin";

    const nonce = Math.max(Number(signers[0].next_nonce), chainNonce);
    const fees = { maxFee: price.max, tip: price.tip };
    const use = { ...fees, seq: mine[0].seq, nonce, gas, purpose: "effect" as const };
    const attempt = await signAttempt(tx, lane, intent, use);
    await tx.query(
      `update chain_intent set state = 'signed', nonce = $2, gas_limit = $3, cost = $4, signed_ms = clock_ms(), sent_ms = null,
         due_ms = clock_ms() where id = $1`,
      [intent.id, nonce, gas.toString(), cost.toString()],
    );
    await tx.query(
      "update chain_signer set next_nonce = $3, problem = null, problem_since_ms = null where chain_id = $1 and address = $2",
      [...where, nonce + 1],
    );
    return attempt;
  });
}
