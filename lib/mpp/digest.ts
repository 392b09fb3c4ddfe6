import { createHash, type Hash } from "node:crypto";

/** RFC 9530 digest of content: `sha-256=:<base64>:`. */
export function contentDigest(content: Uint8Array | string): string {
  return digestOf(createHash("sha256").update(content));
}

/** The same of content that was hashed piece by piece with SHA-256. The hash takes no more after it. */
export function digestOf(hash: Hash): string {
  return `sha-256=:${hash.digest("base64")}:`;
}

/** SHA-256 of the parts in order, lower-case hex. */
export function sha256Hex(...parts: (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
