import type { IncomingMessage } from "node:http";
import { HttpProblem } from "./http-problem";

const BODY_LIMIT_BYTES = 64 * 1024;
const DRAIN_LIMIT_BYTES = 1024 * 1024;

/**
 * Reads a JSON body of at most 64 KiB.
 *
 * @throws HttpProblem `unsupported-media-type`, `body-too-large` or `malformed-json`
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const mediaType = request.headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (mediaType !== "application/json" || request.headers["content-encoding"])
    throw new HttpProblem("unsupported-media-type", "Send application/json without a content encoding.");

  const bytes = await readLimited(request);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    // The parser's message quotes the body, which may hold a patient's data: it is not repeated.
    if (error instanceof SyntaxError || error instanceof TypeError)
      throw new HttpProblem("malformed-json", "The body does not parse as one JSON value in UTF-8.");
    throw error;
  }
}

/** Reads on past the limit without keeping it, so that the client gets the refusal instead of a broken connection. */
async function readLimited(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > DRAIN_LIMIT_BYTES)
    throw tooLarge({ connection: "close" });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > DRAIN_LIMIT_BYTES) throw tooLarge({ connection: "close" });
    if (size <= BODY_LIMIT_BYTES) chunks.push(chunk);
  }
  if (size > BODY_LIMIT_BYTES) throw tooLarge();
  return Buffer.concat(chunks);
}

function tooLarge(headers: Record<string, string> = {}): HttpProblem {
  return new HttpProblem("body-too-large", `A body has at most ${BODY_LIMIT_BYTES} bytes.`, { headers });
}
