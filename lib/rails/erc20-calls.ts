import {
  type Address,
  encodeFunctionData,
  formatUnits,
  type Hex,
  parseSignature,
  type TypedDataDomain,
} from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { CallToken, ChainCall } from "./chain-call";

/** Who may take how much of a token. `to`: a name for the sentence. */
export type Allowance = { token: CallToken; spender: Address; to: string; amount: bigint };

/** Allows exactly the amount: what was allowed before is replaced, and nothing is left over afterwards. */
export function approveCall({ token, spender, to, amount }: Allowance): ChainCall {
  return {
    to: token.address,
    data: encodeFunctionData({ abi: testUsdcAbi, functionName: "approve", args: [spender, amount] }),
    value: 0n,
    says: `Allow ${to} to take exactly ${tokens(amount, token)}.`,
  };
}

/** How a token signs: what its ERC-5267 or its `name` and `version` say. */
export type TokenDomain = { name: string; version: string; chainId: number; verifyingContract: Address };

/** What an owner signs (ERC-2612) so that a spender may take `value` until `deadline`, in seconds of the chain. */
export type PermitTerms = {
  owner: Address;
  spender: Address;
  value: bigint;
  nonce: bigint;
  deadline: bigint;
};

const permitTypes = {
  Permit: [
    { name: "owner", type: "address" },
    { name: "spender", type: "address" },
    { name: "value", type: "uint256" },
    { name: "nonce", type: "uint256" },
    { name: "deadline", type: "uint256" },
  ],
} as const;

/** For `signTypedData` of a wallet. @see ERC-2612 */
export function permitTypedData(domain: TokenDomain, message: PermitTerms) {
  return {
    domain: domain satisfies TypedDataDomain,
    types: permitTypes,
    primaryType: "Permit",
    message,
  } as const;
}

/** `signature`: 65 bytes of an account without code. A contract has none that `permit` of ERC-2612 takes: it approves. */
export type SignedPermit = { deadline: bigint; signature: Hex };

/** A signature in the three parts that the older functions take. @throws when it is not 65 bytes of secp256k1 */
export function splitSignature(signature: Hex): { v: number; r: Hex; s: Hex } {
  const { r, s, yParity } = parseSignature(signature);
  return { v: 27 + yParity, r, s };
}

/** The token's `permit`, which anybody may send. */
export function permitCalldata(
  { owner, spender, value }: Pick<PermitTerms, "owner" | "spender" | "value">,
  { deadline, signature }: SignedPermit,
): Hex {
  const { v, r, s } = splitSignature(signature);
  return encodeFunctionData({
    abi: testUsdcAbi,
    functionName: "permit",
    args: [owner, spender, value, deadline, v, r, s],
  });
}

/** "12.5 USDC": all of its digits, because it is what will be signed. */
export function tokens(amount: bigint, { decimals, symbol }: Pick<CallToken, "decimals" | "symbol">): string {
  return `${formatUnits(amount, decimals)} ${symbol}`;
}

/** "0x1234…abcd" */
export function shortAddress(address: Address): string {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}
