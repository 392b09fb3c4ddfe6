import { createHash } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { digestOf } from "@/lib/mpp/digest";
import { createEventReader, type ServerEvent, writeEvent } from "@/lib/mpp/event-stream";
import type { WatchedCall } from "./call-watch";
import { lastChunk } from "./last-chunk";
import type { Paid } from "./payment";

/** While an answer waits for money it says so: a reader that hears nothing would leave, and the door looks at the stream then. */
const WAIT_TICK_MS = 500;

export type Relayed = {
  paid: Paid;
  watched: WatchedCall;
  /** The caller left. */
  left: AbortSignal;
  /** This program has to stop. */
  halted: AbortSignal;
  topUpSeconds: number;
};

/**
 * Passes a model's events on while money flows, and no faster than they are read.
 *
 *     paid for                  → the event, as it came
 *     the deposit is spent      → `payment-need-topup`, and nothing more is read of the model
 *     ├── topped up in time     → on with the same event
 *     └── not                   → a last chunk that says so, [DONE], the receipt for what was sent
 *     the payer closed, or we stop  → the same, at once
 *     the caller left           → the model is stopped; settled for what was sent
 *     the model broke off       → `payment-void`, or a broken connection behind the door: nothing is owed
 *
 * The receipt's digest is of all bytes but comments and events whose name begins with `payment-`, as the door's is.
 *
 * @param stop ends the model's work
 * @throws what broke the answer, after the call was settled
 */
export async function relayEvents(
  response: ServerResponse,
  model: { events: AsyncIterable<Uint8Array>; stop: () => void },
  call: Relayed,
): Promise<void> {
  const { paid, left } = call;
  const hash = createHash("sha256");
  const write = writer(response, left);
  const sent = { events: 0, last: null as string | null };
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "private, no-store",
    ...paid.headers,
    ...(paid.opening ? { "payment-receipt": paid.opening } : {}),
  });

  async function pass(event: ServerEvent): Promise<void> {
    const text = writeEvent(event);
    hash.update(text);
    if (event.data !== undefined) {
      sent.events += 1;
      if (event.data !== "[DONE]") sent.last = event.data;
    }
    await write(text);
  }

  try {
    const unpaid = await passWhilePaid(model.events, pass, write, call);
    if (unpaid !== null) {
      model.stop();
      for (const data of lastChunk(sent.last, { ended: unpaid, events: sent.events })) await pass({ data });
    }
    const receipt = await paid.settle({ outcome: "served", status: 200, digest: digestOf(hash) });
    response.end(receipt ? writeEvent({ event: "payment-receipt", data: JSON.stringify(receipt) }) : "");
  } catch (error) {
    model.stop();
    if (left.aborted) {
      // What was sent is what was served.
      await paid.settle({ outcome: "served", status: 200, digest: digestOf(hash) });
      return;
    }
    await paid.settle({ outcome: "void", status: 502 }).catch(() => null);
    if (paid.opening === null)
      response.destroy(); // The door voids what breaks off.
    else response.end(writeEvent({ event: "payment-void", data: JSON.stringify(voided(paid)) }));
    throw error;
  }
}

type Write = (text: string) => Promise<void>;
type Unpaid = "unpaid" | "closed" | "stopped";

/** @returns null when the model has said all; else why its answer was cut */
async function passWhilePaid(
  events: AsyncIterable<Uint8Array>,
  pass: (event: ServerEvent) => Promise<void>,
  write: Write,
  call: Relayed,
): Promise<Unpaid | null> {
  const { watched, halted } = call;
  const cut = (): Unpaid | null => (halted.aborted ? "stopped" : watched.ended.aborted ? "closed" : null);
  const reader = createEventReader();
  const decoder = new TextDecoder();
  try {
    for await (const chunk of events) {
      for (const event of reader.push(decoder.decode(chunk, { stream: true }))) {
        const unpaid = cut() ?? (await paidFor(write, call));
        if (unpaid !== null) return unpaid;
        await pass(event);
      }
    }
    return null;
  } catch (error) {
    const why = cut();
    if (why === null) throw error; // Both signals stop the model, and its stream breaks by that.
    return why;
  }
}

/** Null when the next event may go out: at once, or after a pause for a top-up. */
async function paidFor(
  write: Write,
  { watched, paid, halted, topUpSeconds }: Relayed,
): Promise<Unpaid | null> {
  let funding = await watched.funding();
  if (funding === "paid") return null;
  if (funding === "ended") return "closed";
  const deadlineMs = topUpSeconds * 1_000;
  const { requiredTopUp } = funding;
  const needed = { streamId: paid.streamId, requiredTopUp, deadlineMs };
  await write(writeEvent({ event: "payment-need-topup", data: JSON.stringify(needed) }));

  const giveUpMs = performance.now() + deadlineMs;
  while (performance.now() < giveUpMs && !halted.aborted) {
    await sleep(Math.min(WAIT_TICK_MS, Math.max(1, giveUpMs - performance.now())));
    await write(": waiting for a top-up\n\n");
    funding = await watched.funding();
    if (funding === "paid") return null;
    if (funding === "ended") return "closed";
  }
  return halted.aborted ? "stopped" : "unpaid";
}

/** Writes, and waits until the reader has taken enough. @throws when the reader has left */
function writer(response: ServerResponse, left: AbortSignal): Write {
  return async (text) => {
    left.throwIfAborted();
    if (!response.write(text)) await once(response, "drain", { signal: left });
  };
}

function voided({ requestId }: Paid): object {
  return { code: "inference-failed", requestId, detail: "Nothing was charged." };
}
