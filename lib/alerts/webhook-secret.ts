import "server-only";
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

/** Changing it makes every stored secret unreadable. */
const LABEL = "superstream/alerts/webhook-secret/v1";
const PREFIX = "whsec_";
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A fresh signing secret as its owner sees it, once: `whsec_` and base64 of 32 random bytes (Standard Webhooks). */
export function newWebhookSecret(): string {
  return `${PREFIX}${randomBytes(32).toString("base64")}`;
}

/** The bytes that sign. */
export function secretBytes(secret: string): Buffer {
  return Buffer.from(secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret, "base64");
}

/**
 * Seals a secret for the database: AES-256-GCM under a key derived from the operator's (HKDF-SHA256), bound to its endpoint, so
 * that neither a copy of the table nor a row moved to another endpoint gives it away.
 *
 * @param operatorKey the newest SECRET_KEY
 * @returns version, nonce, tag and ciphertext
 */
export function sealSecret(secret: string, endpointId: string, operatorKey: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", sealingKey(operatorKey), nonce).setAAD(
    Buffer.from(endpointId),
  );
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), sealed]);
}

/**
 * Opens a sealed secret with any of the operator's keys.
 *
 * @throws Error when none opens it: the key was changed without SECRET_KEY_PREVIOUS, or the row was tampered with
 */
export function openSecret(sealed: Buffer, endpointId: string, operatorKeys: readonly string[]): string {
  if (sealed[0] !== VERSION) throw new Error(`The secret of webhook ${endpointId} has an unknown form.`);
  for (const key of operatorKeys) {
    const opened = tryOpen(sealed, endpointId, key);
    if (opened !== null) return opened;
  }
  throw new Error(`No operator key opens the secret of webhook ${endpointId}: rotate it.`);
}

function tryOpen(sealed: Buffer, endpointId: string, operatorKey: string): string | null {
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", sealingKey(operatorKey), nonce, {
    authTagLength: TAG_BYTES,
  })
    .setAAD(Buffer.from(endpointId))
    .setAuthTag(tag);
  const start = decipher.update(sealed.subarray(1 + NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([start, decipher.final()]).toString("utf8");
  } catch {
    return null; // Sealed under another key.
  }
}

function sealingKey(operatorKey: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", operatorKey, new Uint8Array(0), LABEL, 32));
}
