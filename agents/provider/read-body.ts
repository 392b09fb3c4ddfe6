import type { IncomingMessage } from "node:http";
import { Refusal } from "./refusal";

/**
 * A body of at most `max` bytes. One that is larger is not read on: the connection ends with the answer.
 *
 * @throws Refusal `body-too-large` or `unsupported-media-type`
 */
export async function readBody(request: IncomingMessage, max: number): Promise<Uint8Array<ArrayBuffer>> {
  if (request.headers["content-encoding"])
    throw new Refusal("unsupported-media-type", "Send the body without a content encoding.");
  if (Number(request.headers["content-length"] ?? 0) > max) throw tooLarge(max);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > max) throw tooLarge(max);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, size));
}

function tooLarge(max: number): Refusal {
  const headers = { connection: "close" };
  return new Refusal("body-too-large", `A body has at most ${max} bytes.`, { headers });
}
