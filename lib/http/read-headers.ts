import { ProblemError } from "@/lib/errors";
import { idempotencyKey } from "./schemas";

/** Longest header value that means something to us; Node itself stops at 16 KiB for all of them. */
const HEADER_LENGTH_MAX = 8 * 1024;

/**
 * Refuses headers that are too long, and reads `Idempotency-Key`.
 *
 * @param keyed whether the operation uses the key; a malformed one is refused either way
 * @returns `{idempotencyKey}` when it was sent and is used, else `{}`
 * @throws ProblemError `malformed-request`, also when the key comes twice
 */
export function readHeaders(request: Request, keyed: boolean): { idempotencyKey?: string } {
  for (const [name, value] of request.headers)
    if (value.length > HEADER_LENGTH_MAX) throw malformed(name, `The header ${name} is too long.`);
  const given = request.headers.get("idempotency-key");
  if (given === null) return {};
  const parsed = idempotencyKey.safeParse(given);
  if (!parsed.success)
    throw malformed("Idempotency-Key", "Send one Idempotency-Key of 1 to 255 visible ASCII characters.");
  return keyed ? { idempotencyKey: parsed.data } : {};
}

function malformed(header: string, detail: string): ProblemError {
  return new ProblemError("malformed-request", detail, { extensions: { header } });
}
