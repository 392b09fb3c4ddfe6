import { createHash } from "node:crypto";

/** RFC 9530 digest of content: `sha-256=:<base64>:`. */
export function contentDigest(content: Uint8Array | string): string {
  return `sha-256=:${createHash("sha256").update(content).digest("base64")}:`;
}

/** SHA-256 of the parts in order, lower-case hex. */
export function sha256Hex(...parts: (Uint8Array | string)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}
