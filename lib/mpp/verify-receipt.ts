import { compactVerify, importJWK } from "jose";
import { canonicalJson, type Json } from "./canonical-json";
import type { ReceiptJwk } from "./receipt-keys";

export type ReceiptVerdict =
  | { valid: true; kid: string; verificationLevel: string }
  | { valid: false; reason: "unsigned" | "unknown-key" | "bad-signature" };

/**
 * Whether one of our keys signed exactly these members. It says nothing about the work behind the answer beyond
 * `verificationLevel`: a `hash-committed` receipt binds the bytes of request and answer, so whoever holds them
 * can compare the digests.
 *
 * @param receipt the decoded JSON, `sig` included; order of members does not matter
 * @param keys the key set of `/.well-known/jwks.json`
 */
export async function verifyReceipt(
  receipt: { readonly [key: string]: Json },
  keys: readonly ReceiptJwk[],
): Promise<ReceiptVerdict> {
  const { sig, ...body } = receipt;
  const parts = typeof sig === "string" ? /^([\w-]+)\.\.([\w-]+)$/.exec(sig) : null;
  if (!parts?.[1] || !parts[2]) return { valid: false, reason: "unsigned" };

  const kid = keyId(parts[1]);
  const jwk = keys.find((key) => key.kid === kid);
  if (!jwk) return { valid: false, reason: "unknown-key" };
  const payload = Buffer.from(canonicalJson(body)).toString("base64url");
  try {
    await compactVerify(`${parts[1]}.${payload}.${parts[2]}`, await importJWK(jwk, "EdDSA"), {
      algorithms: ["EdDSA"],
    });
  } catch {
    return { valid: false, reason: "bad-signature" };
  }
  return { valid: true, kid: jwk.kid, verificationLevel: String(body.verificationLevel ?? "none") };
}

function keyId(header: string): string | null {
  try {
    const { kid } = JSON.parse(Buffer.from(header, "base64url").toString()) as { kid?: unknown };
    return typeof kid === "string" ? kid : null;
  } catch {
    return null;
  }
}
