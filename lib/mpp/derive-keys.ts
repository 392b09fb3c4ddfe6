import "server-only";
import { hkdfSync } from "node:crypto";

/** One secret of the operator becomes one independent key a purpose (RFC 5869). Changing a label rotates it. */
const labels = {
  challenge: "superstream/mpp/challenge/v1",
  nonce: "superstream/mpp/siwx-nonce/v1",
  receipt: "superstream/mpp/receipt-ed25519/v1",
} as const;

/** The operator's secrets, newest first. What an older one signed is still accepted. */
export type Secrets = readonly [string, ...string[]];

/** @returns 32 bytes */
export function deriveKey(secret: string, purpose: keyof typeof labels): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), labels[purpose], 32));
}
