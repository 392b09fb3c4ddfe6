import "server-only";
import { createHash, randomBytes } from "node:crypto";

/** How long a sign-in lasts, unless it is revoked. */
export const SESSION_SECONDS = 7 * 24 * 3600;

/** A new opaque token: 256 random bits. Only its digest is stored. */
export function newSessionToken(): string {
  return randomBytes(32).toString("base64url");
}

export function hashSessionToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** True for text that may be a token of ours: 32 bytes in base64url. */
export function looksLikeSessionToken(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}
