import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, keccak256 } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import type { CallToken, ChainCall } from "../chain-call";
import { approveCall, type SignedPermit, shortAddress, splitSignature, type TokenDomain, tokens } from "../erc20-calls";

/** Where streams of `StreamPay` are opened, and what in. */
export type StreamPayPlace = { streamPay: Address; token: CallToken };

/** What a stream is opened with. `durationSeconds` 1 … 365 days; `tag`: `provider_tag` of the listing that is bought. */
export type EscrowTerms = { recipient: Address; amount: bigint; durationSeconds: bigint; tag: bigint };

/** As the contract takes them. Type 0 is computing, as all of the market is. */
function tokenStream({ token }: StreamPayPlace, { amount, recipient, durationSeconds, tag }: EscrowTerms) {
  return {
    token: token.address,
    amount,
    recipient,
    duration: durationSeconds,
    streamType: 0,
    providerId: tag,
  };
}

/** Opens a stream from the sender's allowance, which comes first unless there is enough of it already. */
export function createCalls(
  place: StreamPayPlace,
  terms: EscrowTerms,
  { allowance }: { allowance: bigint },
): ChainCall[] {
  const create = {
    to: place.streamPay,
    data: encodeFunctionData({
      abi: streamPayAbi,
      functionName: "createTokenStream",
      args: [tokenStream(place, terms)],
    }),
    value: 0n,
    says: sayOpening(place, terms),
  };
  return allowance >= terms.amount ? [create] : [approveExactly(place, terms.amount), create];
}

/** Opens a stream with a permit of its sender for exactly its amount, `permitTypedData` with StreamPay as the spender. */
export function createWithPermitCall(
  place: StreamPayPlace,
  terms: EscrowTerms,
  { deadline, signature }: SignedPermit,
): ChainCall {
  const { v, r, s } = splitSignature(signature);
  return {
    to: place.streamPay,
    data: encodeFunctionData({
      abi: streamPayAbi,
      functionName: "createTokenStreamWithPermit",
      args: [tokenStream(place, terms), deadline, v, r, s],
    }),
    value: 0n,
    says: sayOpening(place, terms),
  };
}

/** Opens a stream for `sender`, who signed `authorizationTypedData` with `createNonce`. Anybody may send it. */
export function createWithAuthorizationCall(
  place: StreamPayPlace,
  terms: EscrowTerms,
  { sender, salt, signed }: { sender: Address; salt: Hex; signed: SignedAuthorization },
): ChainCall {
  return {
    to: place.streamPay,
    data: encodeFunctionData({
      abi: streamPayAbi,
      functionName: "createTokenStreamWithAuthorization",
      args: [sender, tokenStream(place, terms), salt, signed],
    }),
    value: 0n,
    says: sayOpening(place, terms),
  };
}

/** Adds to the deposit of a stream: its rate stays, it runs for longer. */
export function topUpCalls(
  place: StreamPayPlace,
  { streamId, amount, allowance }: { streamId: bigint; amount: bigint; allowance: bigint },
): ChainCall[] {
  const topUp = {
    to: place.streamPay,
    data: encodeFunctionData({ abi: streamPayAbi, functionName: "topUp", args: [streamId, amount] }),
    value: 0n,
    says: `Add ${tokens(amount, place.token)} to stream ${streamId} of StreamPay.`,
  };
  return allowance >= amount ? [topUp] : [approveExactly(place, amount), topUp];
}

/** The same for a sender who signed `authorizationTypedData` with `topUpNonce`. Anybody may send it. */
export function topUpWithAuthorizationCall(
  { streamPay, token }: StreamPayPlace,
  { streamId, amount, salt, signed }: { streamId: bigint; amount: bigint; salt: Hex; signed: SignedAuthorization },
): ChainCall {
  return {
    to: streamPay,
    data: encodeFunctionData({
      abi: streamPayAbi,
      functionName: "topUpWithAuthorization",
      args: [streamId, amount, salt, signed],
    }),
    value: 0n,
    says: `Add ${tokens(amount, token)} to stream ${streamId} of StreamPay.`,
  };
}

/** Pays its recipient what a stream has earned. Only the recipient may. */
export function withdrawCall(streamPay: Address, streamId: bigint): ChainCall {
  return {
    to: streamPay,
    data: encodeFunctionData({ abi: streamPayAbi, functionName: "withdrawFromStream", args: [streamId] }),
    value: 0n,
    says: `Take out what stream ${streamId} of StreamPay has earned.`,
  };
}

/** Closes a stream: what is earned to the recipient, the rest to the sender. Either of them may. */
export function cancelCall(streamPay: Address, streamId: bigint): ChainCall {
  return {
    to: streamPay,
    data: encodeFunctionData({ abi: streamPayAbi, functionName: "cancelStream", args: [streamId] }),
    value: 0n,
    says: `Close stream ${streamId} of StreamPay: what is earned goes to its receiver, the rest to its sender.`,
  };
}

/** What one call of `StreamPay` takes at most. */
export const MOST_CANCELS = 200;

/** Closes many streams of one party in one transaction, all or none. @throws RangeError for none, or more than 200 */
export function cancelStreamsCall(streamPay: Address, streamIds: readonly bigint[]): ChainCall {
  if (streamIds.length === 0 || streamIds.length > MOST_CANCELS)
    throw new RangeError(`Close 1 to ${MOST_CANCELS} streams in one transaction, not ${streamIds.length}.`);
  return {
    to: streamPay,
    data: encodeFunctionData({ abi: streamPayAbi, functionName: "cancelStreams", args: [streamIds] }),
    value: 0n,
    says: `Close ${streamIds.length === 1 ? "1 stream" : `${streamIds.length} streams`} of StreamPay at once: what is earned goes to the receivers, the rest to the senders.`,
  };
}

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

function approveExactly({ streamPay, token }: StreamPayPlace, amount: bigint): ChainCall {
  return approveCall({ token, spender: streamPay, to: "StreamPay", amount });
}

function sayOpening({ token }: StreamPayPlace, { amount, recipient, durationSeconds }: EscrowTerms): string {
  return `Lock ${tokens(amount, token)} in StreamPay, which ${shortAddress(recipient)} earns evenly over ${durationSeconds} s. Closing it earlier gives the rest back.`;
}
