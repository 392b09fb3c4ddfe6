import { createHash } from "node:crypto";

/** How a chain names a provider: the first 8 bytes of SHA-256 of its id, as `provider_tag` in SQL. */
export function providerTag(providerId: string): bigint {
  return createHash("sha256").update(providerId).digest().readBigUInt64BE(0);
}
