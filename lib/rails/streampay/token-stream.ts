import type { Address } from "viem";
import type { CallToken } from "../chain-call";

/** Where streams of `StreamPay` are opened, and what in. */
export type StreamPayPlace = { streamPay: Address; token: CallToken };

/** What a stream is opened with. `durationSeconds` 1 … 365 days; `tag`: `provider_tag` of the listing that is bought. */
export type EscrowTerms = { recipient: Address; amount: bigint; durationSeconds: bigint; tag: bigint };

/** As the contract takes them. Type 0 is computing, as all of the market is. */
export function tokenStream(
  { token }: StreamPayPlace,
  { amount, recipient, durationSeconds, tag }: EscrowTerms,
) {
  return {
    token: token.address,
    amount,
    recipient,
    duration: durationSeconds,
    streamType: 0,
    providerId: tag,
  };
}
