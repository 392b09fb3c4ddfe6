import "server-only";
import type { IncomingMessage, ServerResponse } from "node:http";
import { isBodiless, type LightRequest, type WholeAnswer } from "./light-message";
import { type NodeListener, sendResponse } from "./node-adapter";

/** Longest body that is joined to its headers. */
const ONE_PIECE_BYTES = 16_384;
const LEFT = "The client left in the middle of its body.";

export type LightHandler = (request: LightRequest) => Promise<Response | WholeAnswer>;

/**
 * Mounts a handler of the hot path on `node:http`. What it answers as a whole leaves in one write; a `Response` goes the way of
 * every other. The handler must not throw.
 *
 * @param origin what `request.url` starts with: ours, never the client's Host header
 * @param onError told what broke an answer under way
 */
export function lightListener(
  handler: LightHandler,
  { origin, onError }: { origin: string; onError: (error: unknown) => void },
): NodeListener {
  return async (incoming, outgoing) => {
    const answer = await handler(toLightRequest(incoming, outgoing, origin));
    if (answer instanceof Response) {
      const left = () => outgoing.destroyed && !outgoing.writableFinished;
      await sendResponse(answer, outgoing, incoming.method === "HEAD").catch((error: unknown) => {
        // The status is out already: a broken connection is the only way to say that the body is not whole.
        if (!left()) onError(error);
        outgoing.destroy();
      });
    } else sendWhole(answer, incoming, outgoing);
    // A body that nobody read would stand before the next request of a kept-alive connection.
    if (!incoming.readableEnded) incoming.resume();
  };
}

function toLightRequest(incoming: IncomingMessage, outgoing: ServerResponse, origin: string): LightRequest {
  const { method = "GET", rawHeaders, url = "/" } = incoming;
  const headers = new Headers();
  // Raw, because Node drops repeated headers such as Authorization: the handler must see that there were two.
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  return {
    method,
    url: origin + url,
    headers,
    readBody: (max) => readWhole(incoming, max),
    hasLeft: () => outgoing.destroyed,
  };
}

function readWhole(incoming: IncomingMessage, max: number): Promise<Uint8Array | null> {
  if (Number(incoming.headers["content-length"] ?? 0) > max) return Promise.resolve(null);
  if (incoming.destroyed) return Promise.reject(new Error(LEFT));
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let size = 0;
    const onData = (chunk: Uint8Array) => {
      size += chunk.byteLength;
      chunks.push(chunk);
      if (size > max) end(() => resolve(null));
    };
    const onEnd = () =>
      end(() => resolve(chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks, size)));
    const onError = (error: Error) => end(() => reject(error));
    const onClose = () => end(() => reject(new Error(LEFT)));
    const end = (settle: () => void) => {
      incoming.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
      settle();
    };
    incoming.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
  });
}

function sendWhole(
  { status, headers, body }: WholeAnswer,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): void {
  if (outgoing.destroyed) return;
  if (isBodiless(status)) {
    outgoing.writeHead(status, headers).end();
    return;
  }
  headers["content-length"] = String(body.byteLength);
  outgoing.writeHead(status, headers);
  if (incoming.method === "HEAD") outgoing.end();
  // As one character a byte, a short body leaves in one piece with its headers; bytes would be a second piece.
  else if (body.byteLength <= ONE_PIECE_BYTES) outgoing.end(asBuffer(body).toString("latin1"), "latin1");
  else outgoing.end(body);
}

function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
