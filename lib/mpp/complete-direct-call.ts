import "server-only";
import { pool } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { completeRequest } from "@/lib/streams/complete-request";
import { getRequest } from "@/lib/streams/get-request";
import type { Json } from "./canonical-json";
import { isDirectPath } from "./direct-call";
import { type Receipt, signReceipt } from "./receipt";
import { receiptKey } from "./receipt-keys";
import { mppSecrets, receiptJwks } from "./secrets";
import { verifyReceipt } from "./verify-receipt";

export type DirectEnding = {
  /** Lower-case address of the provider's owner. */
  actor: string;
  requestId: string;
  outcome: "served" | "voided";
  /** HTTP status that the caller was given. */
  status: number;
  /** RFC 9530 digest of what the caller was sent; null for a call that was not served. */
  responseDigest: string | null;
  /** The one that `verifyCall` gave. */
  receipt: Receipt | null;
};

export type DirectEnded = {
  /** False when it had ended otherwise: the ledger voids calls that nobody keeps open. */
  ended: boolean;
  /** Signed, with the digest of the answer; null unless it was served. */
  receipt: Receipt | null;
};

/**
 * Ends a direct call as its provider says it ended. Served: its price is posted, and the receipt names the answer. Voided: it is free.
 * The same ending told twice is one ending, with one receipt.
 *
 * @throws ProblemError `request-not-found`, also for a call of the door or of another's provider; `invalid-input` for a receipt that is
 *   not the call's own
 */
export async function completeDirectCall(ending: DirectEnding): Promise<DirectEnded> {
  const { actor, requestId, outcome, status, responseDigest } = ending;
  await requireOwnDirectCall(actor, requestId);
  const receipt = outcome === "served" ? await finalReceipt(ending) : null;
  const served = outcome === "served";
  const first = await completeRequest({
    ...{ requestId, outcome, status, receipt },
    responseDigest: served ? responseDigest : null,
    answer: null,
  });
  if (first) return { ended: true, receipt };
  const known = await getRequest(requestId, null);
  if (known.state !== outcome || (served && known.responseDigest !== responseDigest))
    return { ended: false, receipt: null };
  return { ended: true, receipt: known.receipt as Receipt | null };
}

async function requireOwnDirectCall(actor: string, requestId: string): Promise<void> {
  const { rows } = await pool().query<{ path: string }>(
    "select r.path from request r join provider p on p.id = r.provider_id where r.id = $1 and p.owner = $2 and r.state <> 'denied'",
    [requestId, actor],
  );
  const path = rows[0]?.path;
  if (path === undefined || !isDirectPath(path))
    throw new ProblemError("request-not-found", "There is no such call of your providers.");
}

/** The facts of the authorisation are in the receipt that it gave, under our signature: nothing of them is kept twice. */
async function finalReceipt({ requestId, responseDigest, receipt }: DirectEnding): Promise<Receipt> {
  const { sig: _sig, ...facts } = receipt ?? {};
  const ours = receipt !== null && (await verifyReceipt(receipt, await receiptJwks())).valid;
  if (!ours || facts.requestId !== requestId || facts.responseDigest !== null || responseDigest === null)
    throw new ProblemError("invalid-input", "/body/receipt: Give the receipt of this call, and the digest.", {
      extensions: { errors: [{ pointer: "/body/receipt", message: "Not the receipt of this call." }] },
    });
  const final: Record<string, Json> = { ...facts, responseDigest, verificationLevel: "hash-committed" };
  return signReceipt(final, await receiptKey(mppSecrets()[0]));
}
