import {
  type Address,
  compactSignatureToSignature,
  encodeFunctionData,
  type Hex,
  parseCompactSignature,
  parseSignature,
} from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ChargeToken } from "./charge-token";

/** The words of a `TransferWithAuthorization` of EIP-3009. Times in Unix seconds. */
export type AuthorizationWords = {
  from: Address;
  to: Address;
  value: bigint;
  validAfter: bigint;
  validBefore: bigint;
  nonce: Hex;
};

/** They, signed; by the key of `from`, or as its code judges (ERC-1271). */
export type Authorization = AuthorizationWords & { signature: Hex; signedBy: "key" | "code" };

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

/** The transfer by that authorisation, as calldata of its token. @throws Error for what is no signature */
export function transferData(by: Authorization): Hex {
  const { from, to, value, validAfter, validBefore, nonce, signature } = by;
  const words = [from, to, value, validAfter, validBefore, nonce] as const;
  const call = { abi: testUsdcAbi, functionName: "transferWithAuthorization" } as const;
  // What code judges is for the code alone to read: some wallets give a first byte of their own meaning.
  if (by.signedBy === "code") return encodeFunctionData({ ...call, args: [...words, signature] });
  const { v, r, s } = splitSignature(signature);
  return encodeFunctionData({ ...call, args: [...words, v, r, s] });
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
