import "server-only";
import { nowMs } from "@/lib/clock";
import { ProblemError, toProblem } from "@/lib/errors";
import type { WholeAnswer } from "@/lib/http/light-message";
import type { Authorised } from "@/lib/streams/authorize-request";
import type { UpstreamAnswer, UpstreamCall } from "./call-upstream";
import { contentDigest } from "./digest";
import type { DoorCall } from "./door-call";
import { refusalResponse } from "./door-problem";
import { signGrant } from "./grant";
import { encodeReceipt } from "./receipt";
import { serveEvents } from "./serve-events";
import { type Admitted, type ServeTools, settleServed, signedReceipt, voidCall } from "./settle-call";
import { unverifiable } from "./unverifiable";
import { paidCaching } from "./upstream-response";

/**
 * Serves an authorised call: waits for a place, asks the provider, and settles the call as served or void before
 * anything is said to the caller. A receipt goes with 2xx only (draft-httpauth-payment-00).
 */
export async function serveCall(
  call: DoorCall,
  admitted: Admitted,
  tools: ServeTools,
): Promise<Response | WholeAnswer> {
  const { decision } = admitted;
  const { provider } = call.door;
  const headers = meterHeaders(admitted);
  let release: (() => void) | undefined;
  try {
    release = await tools.queue.enter(provider.id, provider.maxConcurrency, decision.priority);
    const answer = await tools.callUpstream(await upstreamCall(call, decision, tools));
    if (answer.kind === "events") {
      const done = holdForEvents(decision.payer, answer, release, tools);
      release = done;
      const response = await serveEvents(call, admitted, answer, tools, headers, done);
      release = undefined; // The stream gives its places back when it ends.
      return response;
    }
    return await serveWhole(call, admitted, answer, tools, headers);
  } catch (error) {
    if (!(error instanceof ProblemError)) tools.report("A paid call failed.", error);
    // Where the ledger went away at the end, only the ledger knows how the call ended: the same key finds out.
    const problem = unverifiable(error) ?? error;
    await voidCall(decision.requestId, toProblem(problem).status, tools);
    return withHeaders(refusalResponse(problem, tools.origin), headers);
  } finally {
    release?.();
  }
}

/** A stream keeps the provider's place and one of the payer's own until it ends. */
function holdForEvents(
  payer: string,
  answer: Extract<UpstreamAnswer, { kind: "events" }>,
  release: () => void,
  tools: ServeTools,
): () => void {
  try {
    const give = tools.eventSlots.take(payer);
    return () => {
      give();
      release();
    };
  } catch (error) {
    answer.stop();
    throw error;
  }
}

async function serveWhole(
  call: DoorCall,
  admitted: Admitted,
  answer: Extract<UpstreamAnswer, { kind: "whole" }>,
  tools: ServeTools,
  meter: Record<string, string>,
): Promise<Response | WholeAnswer> {
  const { requestId } = admitted.decision;
  const { status, body } = answer;
  if (status < 200 || status > 299) {
    await voidCall(requestId, status, tools);
    return { status, headers: { ...answer.headers, ...meter, "cache-control": "private, no-store" }, body };
  }

  const responseDigest = contentDigest(body);
  const receipt = await signedReceipt(call, admitted, responseDigest, tools);
  const kept = { ...answer.headers, "stream-request": requestId };
  await settleServed(tools, {
    requestId,
    status,
    responseDigest,
    receipt,
    answer: { headers: kept, body },
  });
  const paid = { "payment-receipt": encodeReceipt(receipt), ...paidCaching };
  return { status, headers: { ...kept, ...meter, ...paid }, body };
}

/** What every answer says once a stream has paid: what is left of it, and the token for the next call. */
export function meterHeaders({ decision, session, headers: beside = {} }: Admitted): Record<string, string> {
  const hour = 3600;
  const headers: Record<string, string> = {
    ...beside,
    "stream-request": decision.requestId,
    "stream-runway-seconds": String(decision.runwayMs / 1000n),
    "stream-remaining": String(decision.remaining),
    "ratelimit-policy": `"hour";q=${decision.limit};w=${hour}`,
  };
  if (decision.sessionExpiresMs !== null) {
    if (session) headers["stream-session"] = session;
    headers["stream-session-expires"] = new Date(Number(decision.sessionExpiresMs)).toISOString();
  }
  return headers;
}

async function upstreamCall(
  call: DoorCall,
  decision: Authorised,
  { key, origin, upstreamAllow }: ServeTools,
): Promise<UpstreamCall> {
  const { provider } = call.door;
  const signer = await key();
  const { requestId, payer, streamId, tier, runwayMs } = decision;
  const granted = { issuer: origin, providerId: provider.id, requestId, payer, streamId, tier, runwayMs };
  return {
    providerId: provider.id,
    endpoint: provider.endpoint,
    path: call.path,
    search: call.target.search,
    method: call.method,
    headers: call.headers,
    body: call.body,
    decision,
    grant: (path) => {
      const { requestDigest } = call.binding;
      return signGrant({ ...granted, method: call.method, path, requestDigest, atMs: nowMs() }, signer);
    },
    allow: upstreamAllow,
  };
}

function withHeaders(response: Response, headers: Record<string, string>): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
