import { createHash } from "node:crypto";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { digestOf } from "@/lib/mpp/digest";
import { createEventReader, writeEvent } from "@/lib/mpp/event-stream";
import type { Paid } from "./payment";
import type { ServeTools } from "./serve-call";

/**
 * Passes a model's events on as they come, and no faster than they are read. Who leaves ends the model's work: `left` is the signal
 * that it was asked with.
 */
export async function relayEvents(
  response: ServerResponse,
  events: AsyncIterable<Uint8Array>,
  { paid, left }: { paid: Paid; left: AbortSignal },
  _tools: ServeTools,
): Promise<void> {
  const hash = createHash("sha256");
  const reader = createEventReader();
  const decoder = new TextDecoder();
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "private, no-store",
    ...paid.headers,
    ...(paid.opening ? { "payment-receipt": paid.opening } : {}),
  });
  for await (const chunk of events) {
    const text = reader
      .push(decoder.decode(chunk, { stream: true }))
      .map(writeEvent)
      .join("");
    if (!text) continue;
    hash.update(text);
    if (!response.write(text)) await once(response, "drain", { signal: left });
  }
  const receipt = await paid.settle({ outcome: "served", status: 200, digest: digestOf(hash) });
  response.end(receipt ? writeEvent({ event: "payment-receipt", data: JSON.stringify(receipt) }) : "");
}
