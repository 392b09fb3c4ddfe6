import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { type AuthorizeCall, authorizeRequests, type Decision } from "@/lib/streams/authorize-request";
import { completeRequests } from "@/lib/streams/complete-request";
import { newId } from "@/lib/streams/new-id";
import { sweepStream } from "@/lib/streams/sweep-streams";

type PaidCall = { payer: string; providerId: string; requestType: string; price?: bigint };

/** Paid calls of one moment, decided and served as the door does it: one batch, one decision each, in order. */
export async function makeCalls(calls: readonly PaidCall[], db: Queryable): Promise<Decision[]> {
  if (calls.length === 0) return [];
  const decisions = await authorizeRequests(calls.map(toAuthorize), db);
  for (const [index, decision] of decisions.entries()) {
    const call = calls[index];
    // As `authorizeRequest` does: a stream that ran dry before a sweep came is topped up first, then asked again.
    if (!call || !waitsForSweep(decision)) continue;
    await sweepStream(String(decision.extensions.streamId), db);
    const [again] = await authorizeRequests([toAuthorize(call)], db);
    if (again) decisions[index] = again;
  }
  const served = decisions.filter((decision) => decision.outcome === "authorised");
  if (served.length > 0)
    await completeRequests(
      served.map(({ requestId }) => ({
        requestId,
        outcome: "served",
        status: 200,
        responseDigest: null,
        receipt: null,
      })),
      db,
    );
  return decisions;
}

function toAuthorize({ payer, providerId, requestType, price = 0n }: PaidCall): AuthorizeCall {
  const requestId = newId("req");
  return {
    requestId,
    providerId,
    serviceId: null,
    requestType,
    method: "POST",
    path: `/${requestType.toLowerCase()}`,
    via: "proof",
    payer,
    idempotencyKey: null,
    requestHash: requestId,
    requestDigest: null,
    price,
  };
}

/** An exhausted stream in its grace, with a standing order. */
function waitsForSweep(decision: Decision): decision is Decision & { outcome: "denied" } {
  if (decision.outcome !== "denied") return false;
  const { autoTopUp, canTopUp, graceUntilMs } = decision.extensions;
  return autoTopUp === true && canTopUp === true && typeof graceUntilMs === "number";
}
