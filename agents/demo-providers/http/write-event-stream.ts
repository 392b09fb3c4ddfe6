import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { ServiceEvent } from "../shared/provider";

/**
 * Writes events as `text/event-stream` while they are computed. A slow reader slows the computation down
 * instead of filling memory, and a reader who leaves ends it.
 */
export async function writeEventStream(
  response: ServerResponse,
  events: AsyncGenerator<ServiceEvent>,
): Promise<void> {
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
  });
  const left = new AbortController();
  if (response.destroyed) left.abort(); // Left while the body was read: `close` will not come again.
  response.once("close", () => left.abort());

  let id = 0;
  for await (const { event, data } of events) {
    if (left.signal.aborted) return;
    id += 1;
    const taken = response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    if (!taken && !(await drained(response, left.signal))) return;
  }
  response.end();
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<boolean> {
  try {
    await once(response, "drain", { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
