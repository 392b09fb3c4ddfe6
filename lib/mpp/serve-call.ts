import "server-only";
import { createHash } from "node:crypto";
import { ProblemError, toProblem } from "@/lib/errors";
import type { Authorised } from "@/lib/streams/authorize-request";
import type { Via } from "./authorize-call";
import type { UpstreamAnswer, UpstreamCall } from "./call-upstream";
import { contentDigest } from "./digest";
import type { DoorCall } from "./door-call";
import type { DoorLedger } from "./door-types";
import { createEventReader, writeEvent } from "./event-stream";
import { createFundingGate } from "./funding-gate";
import type { PayerSlots } from "./payer-slots";
import { problemResponse } from "./problem-response";
import type { ProviderQueue } from "./provider-queue";
import { buildReceipt, encodeReceipt, type Receipt, type ReceiptFacts, signReceipt } from "./receipt";
import type { ReceiptKey } from "./receipt-keys";
import { unverifiable } from "./unverifiable";

export type ServeTools = {
  origin: string;
  chainId: number;
  ledger: DoorLedger;
  queue: ProviderQueue;
  eventSlots: PayerSlots;
  key: () => Promise<ReceiptKey>;
  callUpstream: (call: UpstreamCall) => Promise<UpstreamAnswer>;
  upstreamAllow: readonly string[];
  report: (message: string, error: unknown) => void;
  /** How long events are held for a top-up; the defaults of the funding gate unless a test hurries. */
  patience?: { patienceMs: number; pollMs: number };
  /** How often an open stream of events says that it lives; a test hurries. */
  heartbeatMs?: number;
};

/** A third of the ledger's patience (`call_patience_ms`). */
const HEARTBEAT_MS = 20_000;

export type Admitted = { decision: Authorised; via: Via; challengeId: string | null; session: string | null };

/**
 * Serves an authorised call: waits for a place, asks the provider, and settles the call as served or void before
 * anything is said to the caller. A receipt goes with 2xx only (draft-httpauth-payment-00).
 */
export async function serveCall(call: DoorCall, admitted: Admitted, tools: ServeTools): Promise<Response> {
  const { decision } = admitted;
  const { provider } = call.door;
  const headers = meterHeaders(admitted);
  let release: (() => void) | undefined;
  try {
    release = await tools.queue.enter(provider.id, provider.maxConcurrency, decision.priority);
    const answer = await tools.callUpstream(upstreamCall(call, decision, tools.upstreamAllow));
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
    return withHeaders(problemResponse(problem, tools.origin), headers);
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
): Promise<Response> {
  const { requestId } = admitted.decision;
  const { status, body } = answer;
  if (status < 200 || status > 299) {
    await voidCall(requestId, status, tools);
    return respond(status, { ...answer.headers, ...meter, "cache-control": "private, no-store" }, body);
  }

  const responseDigest = contentDigest(body);
  const receipt = await signReceipt(
    buildReceipt(receiptFacts(call, admitted, responseDigest, tools)),
    await tools.key(),
  );
  const kept = { ...answer.headers, "payment-receipt": encodeReceipt(receipt), "stream-request": requestId };
  // Committed before it is said: an answer that a caller has seen is never billed later, or twice.
  const ended = await tools.ledger.completeRequest({
    requestId,
    outcome: "served",
    status,
    responseDigest,
    receipt,
    answer: { headers: kept, body },
  });
  if (!ended) throw tooLate();
  return respond(status, { ...kept, ...meter, ...paidCaching }, body);
}

/**
 * Passes events on as they come. The receipt is in the headers, without a digest, and again as the last event, with the digest
 * of every byte before it. A stream that breaks is void and ends with `payment-void`.
 */
async function serveEvents(
  call: DoorCall,
  admitted: Admitted,
  answer: Extract<UpstreamAnswer, { kind: "events" }>,
  tools: ServeTools,
  meter: Record<string, string>,
  release: () => void,
): Promise<Response> {
  const { requestId, streamId, payer, runwayMs } = admitted.decision;
  const funding = createFundingGate({
    runwayMs,
    read: () => tools.ledger.getStream({ actor: payer, streamId }),
    ...tools.patience,
  });
  const key = await tools.key();
  const opening = await signReceipt(buildReceipt(receiptFacts(call, admitted, null, tools)), key);
  const events = passEvents();
  let left = false;

  async function* passEvents(): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    let settled = false;
    const settle = async (): Promise<Receipt> => {
      settled = true;
      const responseDigest = `sha-256=:${hash.digest("base64")}:`;
      const facts = receiptFacts(call, admitted, responseDigest, tools);
      const receipt = await signReceipt(buildReceipt(facts), key);
      const ended = await tools.ledger.completeRequest({
        requestId,
        outcome: "served",
        status: answer.status,
        responseDigest,
        receipt,
        answer: null,
      });
      if (!ended) throw tooLate();
      return receipt;
    };
    // A long stream of events is no abandoned call.
    const heartbeat = setInterval(() => {
      tools.ledger
        .extendRequest(requestId)
        .catch((error) => tools.report(`Request ${requestId} could not be kept open.`, error));
    }, tools.heartbeatMs ?? HEARTBEAT_MS);
    try {
      const reader = createEventReader();
      const decoder = new TextDecoder();
      for await (const chunk of answer.body) {
        const missing = await funding.shortfall();
        if (missing) {
          yield Buffer.from(
            writeEvent({ event: "payment-need-topup", data: JSON.stringify({ streamId, ...missing }) }),
          );
          if (!(await funding.refilled())) break; // Ends with a receipt for what was sent.
        }
        const text = reader
          .push(decoder.decode(chunk, { stream: true }))
          .map(writeEvent)
          .join("");
        if (!text) continue;
        const bytes = Buffer.from(text);
        hash.update(bytes);
        yield bytes;
      }
      const receipt = await settle();
      yield Buffer.from(writeEvent({ event: "payment-receipt", data: JSON.stringify(receipt) }));
    } catch (error) {
      if (settled) throw error;
      if (left) return; // The caller left, which is no failure of the provider.
      settled = true;
      await voidCall(requestId, 502, tools);
      const data = JSON.stringify({ code: "upstream-failed", requestId, detail: "Nothing was charged." });
      yield Buffer.from(writeEvent({ event: "payment-void", data }));
    } finally {
      clearInterval(heartbeat);
      release();
      // The caller left: what was sent is what was served.
      if (!settled) await settle().catch((error) => tools.report("A stream could not be settled.", error));
    }
  }

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      left = true;
      answer.stop(); // Otherwise the generator would wait for the provider's next event before it ends.
      await events.return(undefined);
    },
  });
  return respond(
    answer.status,
    { ...answer.headers, ...meter, ...paidCaching, "payment-receipt": encodeReceipt(opening) },
    body,
  );
}

/** The ledger has voided the call in the meantime: it is free, so it has no receipt. */
function tooLate(): ProblemError {
  return new ProblemError("upstream-timeout", "The provider took too long. Nothing was charged.");
}

/** A call that failed costs nothing. If even that cannot be written, the ledger's own deadline voids it. */
async function voidCall(requestId: string, status: number, tools: ServeTools): Promise<void> {
  try {
    await tools.ledger.completeRequest({
      requestId,
      outcome: "voided",
      status,
      responseDigest: null,
      receipt: null,
    });
  } catch (error) {
    tools.report(`Request ${requestId} could not be voided.`, error);
  }
}

const paidCaching = {
  "cache-control": "private, no-store",
  vary: "Authorization, Stream-Session, Sign-In-With-X",
};

/** What every answer says once a stream has paid: what is left of it, and the token for the next call. */
function meterHeaders({ decision, session }: Admitted): Record<string, string> {
  const hour = 3600;
  const headers: Record<string, string> = {
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

function receiptFacts(
  call: DoorCall,
  { decision, via, challengeId }: Admitted,
  responseDigest: string | null,
  { origin, chainId }: ServeTools,
): ReceiptFacts {
  return {
    decision,
    via,
    challengeId,
    providerId: call.door.provider.id,
    chainId,
    issuer: origin,
    resource: `${call.method} ${call.target.pathname}${call.target.search}`,
    requestDigest: call.binding.requestDigest,
    responseDigest,
    price: call.service.pricePerCall,
  };
}

function upstreamCall(call: DoorCall, decision: Authorised, allow: readonly string[]): UpstreamCall {
  return {
    endpoint: call.door.provider.endpoint,
    path: call.path,
    search: call.target.search,
    method: call.method,
    headers: call.headers,
    body: call.body,
    decision,
    allow,
  };
}

function respond(
  status: number,
  headers: Record<string, string>,
  body: Uint8Array | ReadableStream,
): Response {
  const empty = status === 204 || status === 205 || status === 304;
  return new Response(empty ? null : (body as BodyInit), { status, headers });
}

function withHeaders(response: Response, headers: Record<string, string>): Response {
  for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
  return response;
}
