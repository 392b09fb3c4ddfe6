import {
  compactSignatureToSignature,
  type Hex,
  parseCompactSignature,
  parseSignature,
  serializeSignature,
} from "viem";

/** n / 2 of secp256k1 (SEC 2). A higher `s` is the same signature in another spelling (EIP-2). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * The 65 byte form of a signature by a key; null when it is neither 65 bytes nor 64 (EIP-2098), or `s` is in the upper half.
 *
 * @throws Error when its values are out of range
 */
export function canonicalSignature(signature: Hex): Hex | null {
  if (signature.length !== 130 && signature.length !== 132) return null;
  const parsed =
    signature.length === 130
      ? compactSignatureToSignature(parseCompactSignature(signature))
      : parseSignature(signature);
  return BigInt(parsed.s) <= HALF_ORDER ? serializeSignature(parsed) : null;
}
