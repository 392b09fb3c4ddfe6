import "server-only";
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import { deriveKey } from "./derive-keys";

export type ReceiptKey = { kid: string; privateKey: KeyObject; publicJwk: ReceiptJwk };
export type ReceiptJwk = { kty: "OKP"; crv: "Ed25519"; x: string; kid: string; alg: "EdDSA"; use: "sig" };

/** DER of an Ed25519 private key (RFC 8410), up to the 32 bytes of its seed. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** The key that signs receipts, derived from the operator's secret. The key id is its RFC 7638 thumbprint. */
export async function receiptKey(secret: string): Promise<ReceiptKey> {
  const seed = deriveKey(secret, "receipt");
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: "der",
    type: "pkcs8",
  });
  const { x } = createPublicKey(privateKey).export({ format: "jwk" });
  if (!x) throw new Error("An Ed25519 key has an x.");
  const jwk = { kty: "OKP", crv: "Ed25519", x } as const;
  const kid = await calculateJwkThumbprint(jwk);
  return { kid, privateKey, publicJwk: { ...jwk, kid, alg: "EdDSA", use: "sig" } };
}
