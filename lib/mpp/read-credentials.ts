import { ProblemError } from "@/lib/errors";

/** Longest credential that is looked at. Node's own limit for all headers together is 16 KiB. */
const CREDENTIAL_MAX = 12_288;
const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export type Credentials = {
  /** The `Payment …` credential, as one string. */
  payment: string | null;
  siwx: string | null;
  /** A single payment of x402, as `PAYMENT-SIGNATURE` has it. */
  x402: string | null;
  session: string | null;
  idempotencyKey: string | null;
  tier: string | null;
  /** `Accept-Payment` as it came: what cannot be read counts as absent. */
  accepts: string | null;
};

/**
 * What a caller shows at the door. A repeated header arrives joined by commas, which none of these values may hold.
 *
 * A session token beside a credential is fine (a client that renews sends both, and the credential counts); two
 * credentials are not, because it would be open which of them pays.
 *
 * @throws ProblemError `malformed-request`
 */
export function readCredentials(headers: Headers): Credentials {
  const payment = readPayment(headers);
  const siwx = single(headers, "sign-in-with-x", /^[A-Za-z0-9+/_=-]+$/, CREDENTIAL_MAX);
  const others = ["payment-authorization", "payment-signature", "x-payment"].filter((name) =>
    headers.has(name),
  );
  if ([payment, siwx].filter(Boolean).length + others.length > 1)
    throw malformed("Send one payment credential, not several.");

  return {
    payment,
    siwx,
    x402: single(headers, "payment-signature", /^[A-Za-z0-9+/_=-]+$/, CREDENTIAL_MAX),
    session: readSession(headers),
    idempotencyKey: single(headers, "idempotency-key", /^[\x21-\x2b\x2d-\x7e]+$/, 255),
    tier: single(headers, "stream-tier", /^[a-z0-9][a-z0-9-]*$/, 63),
    accepts: headers.get("accept-payment"),
  };
}

/** `Authorization` may list several schemes; ours is the one that starts with `Payment`. */
function readPayment(headers: Headers): string | null {
  const header = headers.get("authorization");
  if (header === null) return null;
  if (header.length > CREDENTIAL_MAX) throw malformed("The Authorization header is too long.");
  const payments = header
    .split(",")
    .map((part) => part.trim())
    .filter((part) => /^payment(\s|$)/i.test(part));
  if (payments.length > 1) throw malformed("Send one payment credential, not several.");
  return payments[0] ?? null;
}

/** A token that cannot be ours is treated as unknown, so the caller gets a fresh challenge instead of a 400. */
function readSession(headers: Headers): string | null {
  const token = headers.get("stream-session");
  if (token?.includes(",")) throw malformed("The Stream-Session header is repeated.");
  return token !== null && TOKEN.test(token) ? token : null;
}

function single(headers: Headers, name: string, pattern: RegExp, maxLength: number): string | null {
  const value = headers.get(name);
  if (value === null) return null;
  if (value.length > maxLength || !pattern.test(value))
    throw malformed(`The ${name} header is repeated, too long or holds characters that it may not.`);
  return value;
}

function malformed(detail: string): ProblemError {
  return new ProblemError("malformed-request", detail);
}
