import "server-only";
import { BaseError } from "viem";
import { logger } from "@/lib/log";
import { claimIntents } from "./claim-intents";
import type { Intent } from "./intent";
import { type Lane, laneAddress } from "./lane";
import { repairGap } from "./repair-gap";
import { sendPending } from "./send-pending";
import { ensureSigner, forgetProblem, readChainNonces } from "./signer";
import { watchSent } from "./watch-sent";
import { writeIntent } from "./write-intent";

/** Looked at in one pass. */
const WATCHED = 64;
const SENT = 16;
/** Nodes keep a few dozen waiting transactions of one account, and drop the rest. */
const UNDER_WAY_MAX = 16;
/** So many in a row that cannot be signed now, and the pass is over. */
const HELD_MAX = 3;

/**
 * One pass over what the server is to send: looks after what was sent, then sends what waits. Any number of servers may run it at the same
 * time: rows are claimed one by one, and numbers are given out under the lane's lock.
 *
 * @returns true when there is more than a pass takes
 */
export async function runOutboxOnce(lane: Lane): Promise<boolean> {
  await ensureSigner(lane);
  const watched = await claimIntents(lane, "sent", WATCHED);
  if (watched.length > 0) {
    const nonces = await readChainNonces(lane);
    for (const intent of watched) await orLater(lane, intent, () => watchSent(lane, intent, nonces));
    await repairGap(lane, nonces);
  }

  let held = 0;
  for (
    let sent = await countUnderWay(lane), done = 0;
    sent < UNDER_WAY_MAX && done < SENT;
    sent += 1, done += 1
  ) {
    const [intent] = await claimIntents(lane, "pending", 1);
    if (!intent) {
      await forgetProblem(lane);
      return watched.length === WATCHED;
    }
    const problem = await orLater(lane, intent, () => sendPending(lane, intent));
    held = problem ? held + 1 : 0;
    if (held >= HELD_MAX) return false;
  }
  return watched.length === WATCHED;
}

async function countUnderWay(lane: Lane): Promise<number> {
  const { rows } = await lane.db.query<{ n: number }>(
    "select count(*)::int as n from chain_intent where chain_id = $1 and signer = $2 and state in ('signed', 'submitted')",
    [lane.network.chainId, laneAddress(lane)],
  );
  return rows[0]?.n ?? 0;
}

/** A node that does not answer holds up this intent, and not those behind it. */
async function orLater<T>(lane: Lane, intent: Intent, step: () => Promise<T>): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof BaseError)) throw error;
    // Only its name: the text of a node's error repeats its address, which may hold a key.
    logger.warn(
      { intent: intent.id, kind: intent.kind, error: error.name },
      "A node did not serve the outbox",
    );
    await writeIntent(lane.db, intent, { state: intent.state, waitMs: lane.patience.retryMs });
    return null;
  }
}
