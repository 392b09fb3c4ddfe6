import "server-only";
import { createHash } from "node:crypto";
import type { UpstreamAnswer } from "./call-upstream";
import { digestOf, sha256Hex } from "./digest";
import type { DoorCall } from "./door-call";
import { createEventReader, writeEvent } from "./event-stream";
import { createFundingGate } from "./funding-gate";
import { encodeReceipt, type Receipt } from "./receipt";
import { type Admitted, type ServeTools, settleServed, signedReceipt, voidCall } from "./settle-call";
import { paidCaching, upstreamResponse } from "./upstream-response";
import { watchDelegation } from "./watch-delegation";

/** A third of the ledger's patience (`call_patience_ms`). */
const HEARTBEAT_MS = 20_000;

/**
 * Passes events on as they come. The receipt is in the headers, without a digest, and again as the last event, with the digest
 * of every byte before it. A stream that breaks is void and ends with `payment-void`. One that a delegate opened ends with its delegation, also
 * while the provider is silent: `payment-ended` says why, before the receipt for what was sent.
 */
export async function serveEvents(
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
    over: () => delegation?.end != null,
    ...tools.patience,
  });
  const opening = await signedReceipt(call, admitted, null, tools);
  const events = passEvents();
  const delegation = watched(call, admitted, answer, tools);
  let left = false;

  async function* passEvents(): AsyncGenerator<Uint8Array> {
    const hash = createHash("sha256");
    let settled = false;
    const settle = async (): Promise<Receipt> => {
      settled = true;
      const responseDigest = digestOf(hash);
      const receipt = await signedReceipt(call, admitted, responseDigest, tools);
      const { status } = answer;
      await settleServed(tools, { requestId, status, responseDigest, receipt, answer: null });
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
      for await (const chunk of until(answer.body, () => delegation?.end != null)) {
        const missing = await funding.shortfall();
        if (missing === "ended") break; // Closed or paused meanwhile: a receipt for what was sent.
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
      const reason = delegation?.end;
      if (reason) {
        const data = JSON.stringify({ code: "stream/delegation-invalid", reason, streamId });
        yield Buffer.from(writeEvent({ event: "payment-ended", data }));
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
      delegation?.stop();
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
  return upstreamResponse(
    answer.status,
    { ...answer.headers, ...meter, ...paidCaching, "payment-receipt": encodeReceipt(opening) },
    body,
  );
}

/** Only a delegate's call is watched. Its session says by which delegation it came, whether it has just been issued or was shown. */
function watched(
  { credentials }: DoorCall,
  { decision, session }: Admitted,
  { stop }: Extract<UpstreamAnswer, { kind: "events" }>,
  { ledger, patience }: ServeTools,
) {
  const token = session ?? credentials.session;
  if (!token) return null;
  const { payer, atMs } = decision;
  return watchDelegation({
    find: () => ledger.sessionDelegation({ tokenHash: sha256Hex(token), payer, sinceMs: atMs }),
    read: (nonce) => ledger.delegationEnd({ payer, nonce }),
    onEnd: stop, // Otherwise the provider's next event would be waited for.
    ...(patience ? { pollMs: patience.pollMs } : {}),
  });
}

/** What comes until it is over. That ends it without an error, though the provider's answer was cut off. */
async function* until<T>(items: AsyncIterable<T>, over: () => boolean): AsyncGenerator<T> {
  try {
    for await (const item of items) {
      if (over()) return;
      yield item;
    }
  } catch (error) {
    if (!over()) throw error;
  }
}
