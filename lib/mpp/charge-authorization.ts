import {
  type Address,
  compactSignatureToSignature,
  type Hex,
  parseCompactSignature,
  parseSignature,
} from "viem";
import type { ChargeToken } from "./charge-token";

/** A signed `TransferWithAuthorization` of EIP-3009. Times in Unix seconds. */
export type Authorization = {
  from: Address;
  to: Address;
  value: bigint;
  validAfter: bigint;
  validBefore: bigint;
  nonce: Hex;
  signature: Hex;
};

export const authorizationTypes = {
  TransferWithAuthorization: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "validAfter", type: "uint256" },
    { name: "validBefore", type: "uint256" },
    { name: "nonce", type: "bytes32" },
  ],
} as const;

export function authorizationDomain({ chainId, name, version, address }: ChargeToken) {
  return { name, version, chainId, verifyingContract: address };
}

/** The three parts that every version of the token takes. @throws Error for what is no signature */
export function splitSignature(signature: Hex): { v: number; r: Hex; s: Hex } {
  const { r, s, v, yParity } =
    signature.length === 130
      ? compactSignatureToSignature(parseCompactSignature(signature))
      : parseSignature(signature);
  return { v: yParity === undefined ? Number(v) : 27 + yParity, r, s };
}

/** Unix seconds at which it is of no use any more, as milliseconds that a date can hold. */
export function endsMs({ validBefore }: Authorization): bigint {
  const far = 8_000_000_000_000_000n;
  const ms = validBefore * 1_000n;
  return ms < far ? ms : far;
}

/** What makes an authorisation the same: its token's chain and address, its payer, its nonce. */
export function idOf(token: ChargeToken, { from, nonce }: Pick<Authorization, "from" | "nonce">) {
  return [token.chainId, token.address.toLowerCase(), from.toLowerCase(), nonce.toLowerCase()] as const;
}
