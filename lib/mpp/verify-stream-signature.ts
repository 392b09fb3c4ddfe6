import {
  compactSignatureToSignature,
  type Hex,
  isAddressEqual,
  parseCompactSignature,
  parseSignature,
  recoverTypedDataAddress,
  serializeSignature,
} from "viem";
import type { StreamPayload } from "./ledger-method";
import { type SignableChallenge, streamTypedData } from "./stream-typed-data";

/** n / 2 of secp256k1 (SEC 2). A higher `s` is the same signature in another spelling (EIP-2). */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * Whether `payload.payer` signed this payload for this challenge with an ordinary key (EOA).
 * Accounts with code (ERC-1271, ERC-7702) need a chain to ask and are refused on the ledger rail.
 */
export async function verifyStreamSignature(
  challenge: SignableChallenge,
  payload: StreamPayload,
): Promise<boolean> {
  try {
    const signature = canonicalSignature(payload.signature as Hex);
    if (!signature) return false;
    const signer = await recoverTypedDataAddress({ ...streamTypedData(challenge, payload), signature });
    return isAddressEqual(signer, payload.payer as Hex);
  } catch {
    return false; // Not a point on the curve, or a value out of range: nobody signed it.
  }
}

/** The 65 byte form, or null when `s` is in the upper half. */
function canonicalSignature(signature: Hex): Hex | null {
  const parsed =
    signature.length === 130
      ? compactSignatureToSignature(parseCompactSignature(signature))
      : parseSignature(signature);
  return BigInt(parsed.s) <= HALF_ORDER ? serializeSignature(parsed) : null;
}
