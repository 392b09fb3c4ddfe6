import { type Address, encodeAbiParameters, type Hex, keccak256 } from "viem";
import type { TokenDomain } from "../erc20-calls";
import { type EscrowTerms, type StreamPayPlace, tokenStream } from "./token-stream";

/** The ERC-3009 nonce of an opening: a hash of every term, so that whoever sends it can change none. As `StreamPay.createNonce`. */
export function createNonce(
  place: StreamPayPlace,
  terms: EscrowTerms,
  { chainId, sender, salt }: { chainId: number; sender: Address; salt: Hex },
): Hex {
  const { token, amount, recipient, duration, streamType, providerId } = tokenStream(place, terms);
  return keccak256(
    encodeAbiParameters(
      // A struct of fixed size is encoded as its members in a row.
      [
        ...head,
        { type: "address" },
        { type: "address" },
        { type: "uint256" },
        { type: "address" },
        { type: "uint256" },
        { type: "uint8" },
        { type: "uint256" },
        { type: "bytes32" },
      ],
      [
        "StreamPay.create",
        BigInt(chainId),
        place.streamPay,
        sender,
        token,
        amount,
        recipient,
        duration,
        streamType,
        providerId,
        salt,
      ],
    ),
  );
}

/** The ERC-3009 nonce of a top-up. As `StreamPay.topUpNonce`. */
export function topUpNonce(
  streamPay: Address,
  { chainId, streamId, amount, salt }: { chainId: number; streamId: bigint; amount: bigint; salt: Hex },
): Hex {
  return keccak256(
    encodeAbiParameters(
      [...head, { type: "uint256" }, { type: "uint256" }, { type: "bytes32" }],
      ["StreamPay.topUp", BigInt(chainId), streamPay, streamId, amount, salt],
    ),
  );
}

/** What stands before the terms in a nonce: what for, on which chain, in which contract. */
const head = [{ type: "string" }, { type: "uint256" }, { type: "address" }] as const;

/** Seconds of the chain: valid later than the one and earlier than the other. */
export type SignedAuthorization = { validAfter: bigint; validBefore: bigint; signature: Hex };

/** What a sender signs (ERC-3009) so that StreamPay may take `value`. `nonce`: of `createNonce` or `topUpNonce`. */
export type AuthorizationTerms = {
  from: Address;
  to: Address;
  value: bigint;
  validAfter: bigint;
  validBefore: bigint;
  nonce: Hex;
};

const authorizationTypes = {
  ReceiveWithAuthorization: [
    { name: "from", type: "address" },
    { name: "to", type: "address" },
    { name: "value", type: "uint256" },
    { name: "validAfter", type: "uint256" },
    { name: "validBefore", type: "uint256" },
    { name: "nonce", type: "bytes32" },
  ],
} as const;

/** For `signTypedData` of a wallet. `to` is StreamPay: nobody else can use it. */
export function authorizationTypedData(domain: TokenDomain, message: AuthorizationTerms) {
  return { domain, types: authorizationTypes, primaryType: "ReceiveWithAuthorization", message } as const;
}
