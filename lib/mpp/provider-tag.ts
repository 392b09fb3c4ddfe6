import { sha256, stringToBytes } from "viem";

/** How a chain names a provider: the first 8 bytes of SHA-256 of its id, as `provider_tag` in SQL. Safe in a browser. */
export function providerTag(providerId: string): bigint {
  return BigInt(sha256(stringToBytes(providerId)).slice(0, 18));
}
