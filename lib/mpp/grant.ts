import "server-only";
import { sign } from "node:crypto";
import type { ReceiptKey } from "./receipt-keys";

/** How long a provider may take to read it. It covers one dial of the door, not the call. */
const GRANT_SECONDS = 60;

export type GrantFacts = {
  /** Our origin. */
  issuer: string;
  providerId: string;
  requestId: string;
  method: string;
  /** Path and query as the provider is asked for them, behind its endpoint. */
  path: string;
  /** RFC 9530 digest of the body. */
  requestDigest: string;
  payer: string;
  streamId: string;
  tier: string;
  /** How long the stream still pays, from `atMs` on. */
  runwayMs: bigint;
  /** This machine's clock. */
  atMs: bigint;
};

/**
 * `Stream-Grant`: tells a provider that this request was authorised and is paid for, so that it serves nobody who comes past the
 * door (decision 0105). A JWS (RFC 7515, EdDSA) by the key of our receipts, told from those by its `typ`; the keys are at
 * `/.well-known/jwks.json`. It holds for one provider, one request and, by `jti`, one answer.
 */
export function signGrant(facts: GrantFacts, { kid, privateKey }: ReceiptKey): string {
  const iat = Number(facts.atMs) / 1000;
  const claims = {
    ...{ iss: facts.issuer, aud: facts.providerId, jti: facts.requestId, iat, exp: iat + GRANT_SECONDS },
    ...{ method: facts.method, path: facts.path, digest: facts.requestDigest },
    ...{ payer: facts.payer, stream: facts.streamId, tier: facts.tier, runwayMs: Number(facts.runwayMs) },
  };
  const signed = `${part({ alg: "EdDSA", kid, typ: "stream-grant+jwt" })}.${part(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
