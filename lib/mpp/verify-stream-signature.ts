import "server-only";
import { type Address, type Hex, hashTypedData } from "viem";
import type { ChainClient } from "@/lib/chain/public-client";
import { verifyAccountSignature } from "@/lib/chain/verify-account-signature";
import type { ChainProof } from "./chain-methods";
import type { StreamPayload } from "./ledger-method";
import type { StreamMethod } from "./stream-offers";
import { type SignableChallenge, streamTypedData } from "./stream-typed-data";

/** @throws ProblemError `stream/verification-unavailable` while the chain cannot be asked */
export type VerifySignature = (
  method: StreamMethod,
  challenge: SignableChallenge,
  payload: StreamPayload | ChainProof,
) => Promise<boolean>;

/**
 * Whether a payload was signed for a challenge by its payer, with a key or as a smart account (decision 0093).
 *
 * @param chain null without a chain: then only keys can sign
 */
export function streamSignatures(
  chain: { client: () => Promise<ChainClient>; factories: readonly string[] } | null,
): VerifySignature {
  return async (method, challenge, payload) => {
    const onLedger = method === "ledger";
    return verifyAccountSignature(
      {
        address: payload.payer as Address,
        hash: hashTypedData(streamTypedData(challenge, payload)),
        signature: payload.signature as Hex,
      },
      {
        client: chain?.client ?? null,
        order: onLedger ? "key-first" : "code-first",
        // Who has a stream on a chain exists there.
        factories: onLedger ? (chain?.factories ?? []) : [],
      },
    );
  };
}
