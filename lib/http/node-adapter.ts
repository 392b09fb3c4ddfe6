import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import { toProblem } from "@/lib/errors";
import { problemResponse } from "./problem-response";

/** Event of ours on the request: whatever the handler has not read of the body is of no use any more. */
const ANSWERED = Symbol("answered");

export type FetchHandler = (request: Request) => Promise<Response>;
export type NodeListener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/**
 * Mounts a Fetch handler on `node:http`. Bodies stream both ways at the pace of the slower side. When the client
 * leaves, `request.signal` aborts and the answer's body is cancelled. The handler bounds what it reads.
 *
 * @param origin what `request.url` starts with: ours, never the client's Host header
 * @param onError told what the handler threw, and what broke an answer under way
 */
export function nodeListener(
  handler: FetchHandler,
  { origin, onError }: { origin: string; onError: (error: unknown) => void },
): NodeListener {
  return async (incoming, outgoing) => {
    const left = new AbortController();
    outgoing.once("close", () => {
      if (!outgoing.writableFinished) left.abort();
    });

    const response = await answer(handler, incoming, { origin, signal: left.signal, onError });
    try {
      await sendResponse(response, outgoing, incoming.method === "HEAD");
    } catch (error) {
      // The status is out already: a broken connection is the only way to say that the body is not whole.
      if (!left.signal.aborted) onError(error);
      outgoing.destroy();
    }
    incoming.emit(ANSWERED);
  };
}

async function answer(
  handler: FetchHandler,
  incoming: IncomingMessage,
  { origin, signal, onError }: { origin: string; signal: AbortSignal; onError: (error: unknown) => void },
): Promise<Response> {
  try {
    return await handler(toRequest(incoming, origin, signal));
  } catch (error) {
    if (!signal.aborted) onError(error);
    return problemResponse(toProblem(error));
  }
}

function toRequest(incoming: IncomingMessage, origin: string, signal: AbortSignal): Request {
  const { method = "GET", rawHeaders, url = "/" } = incoming;
  const headers = new Headers();
  // Raw, because Node drops repeated headers such as Authorization: the handler must see that there were two.
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");

  if (method === "GET" || method === "HEAD") return new Request(origin + url, { method, headers, signal });
  const body = bodyOf(incoming);
  return new Request(origin + url, { method, headers, signal, body, duplex: "half" } as RequestInit);
}

/** The body, untouched until somebody reads it: one that nobody reads is left to Node, which discards it behind the answer. */
function bodyOf(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let chunks: AsyncIterator<Uint8Array> | undefined;
  // One that is read in part is discarded, too: it would stand before the next request of a kept-alive connection.
  const discard = async () => {
    await chunks?.return?.();
    incoming.resume();
  };
  incoming.once(ANSWERED, () => void discard().catch(() => {}));
  return new ReadableStream(
    {
      async pull(controller) {
        chunks ??= incoming.iterator({ destroyOnReturn: false });
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: discard,
    },
    { highWaterMark: 0 },
  );
}

/** Writes the answer as fast as the client reads it. Throws what breaks its body. */
export async function sendResponse(
  response: Response,
  outgoing: ServerResponse,
  headOnly: boolean,
): Promise<void> {
  outgoing.statusCode = response.status;
  if (response.statusText) outgoing.statusMessage = response.statusText;
  for (const [name, value] of response.headers) if (name !== "set-cookie") outgoing.setHeader(name, value);
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);

  if (!response.body || headOnly || outgoing.destroyed) {
    await response.body?.cancel();
    outgoing.end();
    return;
  }
  await pump(response.body, outgoing);
}

/** Writes as fast as the client reads; stops the source when the client has left. */
async function pump(body: ReadableStream<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  const reader = body.getReader();
  const stop = () => void reader.cancel().catch(() => {});
  outgoing.once("close", stop);
  // A body that is there already shares a packet with the headers; headers of one that is not yet go ahead.
  setImmediate(() => {
    if (!outgoing.headersSent && !outgoing.destroyed) outgoing.flushHeaders();
  });
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (outgoing.destroyed) return;
      if (!outgoing.write(part.value)) await writable(outgoing);
    }
    outgoing.end();
  } finally {
    outgoing.off("close", stop);
  }
}

/** Waits for room in the client's buffer, or for the client to leave. */
function writable(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      outgoing.off("drain", done);
      outgoing.off("close", done);
      resolve();
    };
    outgoing.once("drain", done);
    outgoing.once("close", done);
  });
}
