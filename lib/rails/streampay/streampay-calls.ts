import { type Address, encodeFunctionData, type Hex } from "viem";
import { streamPayAbi } from "@/contracts-abi/stream-pay";
import type { ChainCall } from "../chain-call";
import { approveCall, type SignedPermit, shortAddress, splitSignature, tokens } from "../erc20-calls";
import type { SignedAuthorization } from "./streampay-authorization";
import { type EscrowTerms, type StreamPayPlace, tokenStream } from "./token-stream";

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
  {
    streamId,
    amount,
    salt,
    signed,
  }: { streamId: bigint; amount: bigint; salt: Hex; signed: SignedAuthorization },
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

function approveExactly({ streamPay, token }: StreamPayPlace, amount: bigint): ChainCall {
  return approveCall({ token, spender: streamPay, to: "StreamPay", amount });
}

function sayOpening({ token }: StreamPayPlace, { amount, recipient, durationSeconds }: EscrowTerms): string {
  return `Lock ${tokens(amount, token)} in StreamPay, which ${shortAddress(recipient)} earns evenly over ${durationSeconds} s. Closing it earlier gives the rest back.`;
}
