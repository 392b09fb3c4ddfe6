import type { z } from "zod";
import { ProblemError } from "@/lib/errors";
import { checkJsonValue } from "./check-json-value";
import { parseInput } from "./parse-input";

/** Largest body that a JSON operation takes. */
export const BODY_BYTES_MAX = 256 * 1024;

/**
 * Reads a JSON body: type, size (also when chunked), encoding, syntax, depth, then the schema.
 *
 * @param options.optional an empty body then counts as `{}` and needs no Content-Type
 * @throws ProblemError `unsupported-media-type`, `body-too-large`, `malformed-json` or `invalid-input`
 */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  options: { optional?: boolean } = {},
): Promise<z.output<Schema>> {
  const bytes = await readBytes(request);
  if (options.optional && bytes.length === 0) return parseInput("body", schema, {});
  requireJsonType(request.headers.get("content-type"));
  const value = parseJson(bytes);
  checkJsonValue(value);
  return parseInput("body", schema, value);
}

function requireJsonType(header: string | null): void {
  if (header !== null && /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(header.trim()))
    return;
  throw new ProblemError(
    "unsupported-media-type",
    "Send the body as Content-Type: application/json, in UTF-8.",
  );
}

async function readBytes(request: Request): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? "0");
  if (declared > BODY_BYTES_MAX) throw tooLarge();
  if (request.body === null) return new Uint8Array(0);

  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > BODY_BYTES_MAX) {
      await reader.cancel();
      throw tooLarge();
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks, size);
}

function tooLarge(): ProblemError {
  return new ProblemError("body-too-large", `A body may have at most ${BODY_BYTES_MAX} bytes.`, {
    extensions: { maxBytes: BODY_BYTES_MAX },
  });
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ProblemError("malformed-json", "The body is not JSON in UTF-8.", { cause });
  }
}
