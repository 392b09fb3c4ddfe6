import "server-only";
import { type Address, type Hex, hashTypedData } from "viem";
import type { ChainClient } from "@/lib/chain/public-client";
import type { AccountSignatureRules } from "@/lib/chain/verify-account-signature";
import { ProblemError } from "@/lib/errors";
import { accountSigner } from "./account-signer";
import type { ChainProof } from "./chain-methods";
import { type DelegationTerms, delegationTypedData } from "./delegation-typed-data";
import type { StreamPayload } from "./ledger-method";
import type { StreamMethod } from "./stream-offers";
import { type SignableChallenge, streamTypedData } from "./stream-typed-data";

/** @throws ProblemError `stream/delegation-invalid`; `stream/verification-unavailable` while the chain cannot be asked */
export type VerifySignature = (
  method: StreamMethod,
  challenge: SignableChallenge,
  payload: StreamPayload | ChainProof,
) => Promise<boolean>;

/**
 * Whether a payload was signed for a challenge by its payer, with a key or as a smart account, or by the key that its payer has delegated to
 * (decision 0093). Whether a delegation still stands is the ledger's to say, with its decision.
 *
 * @param chain null without a chain: then only keys can sign
 */
export function streamSignatures(
  chain: { client: () => Promise<ChainClient>; factories: readonly string[] } | null,
): VerifySignature {
  return async (method, challenge, payload) => {
    const onLedger = method === "ledger";
    const rules: AccountSignatureRules = {
      client: chain?.client ?? null,
      order: onLedger ? "key-first" : "code-first",
      // Who has a stream on a chain exists there.
      factories: onLedger ? (chain?.factories ?? []) : [],
    };
    const hash = hashOf(() => hashTypedData(streamTypedData(challenge, payload)));
    const signature = payload.signature as Hex;
    const shown = shownDelegation(
      { realm: challenge.realm, chainId: challenge.request.methodDetails.chainId },
      payload,
    );
    if (!hash) return false;
    if (!shown)
      return (await accountSigner({ address: payload.payer as Address, hash, signature }, rules)) !== null;

    // The agent's key first: it costs the least. A delegate is a key, never a contract.
    const key = { client: null, order: "key-first", factories: [] } as const;
    if (!(await accountSigner({ address: shown.delegate as Address, hash, signature }, key))) return false;
    const granted = hashOf(() => hashTypedData(delegationTypedData(shown)));
    const by = { address: payload.payer as Address, signature: shown.signature as Hex };
    if (granted && (await accountSigner({ ...by, hash: granted }, rules))) return true;
    throw delegationRefusal("not-signed-by-payer", shown);
  };
}

/** Null for what cannot be written as the typed data, such as a number beyond its type: nobody signed that. */
function hashOf(make: () => Hex): Hex | null {
  try {
    return make();
  } catch {
    return null;
  }
}

/**
 * The delegation that a proof shows, as its payer signed it for us; null when the payer signed the proof itself.
 *
 * @throws ProblemError `stream/delegation-invalid` when one half of it is missing
 */
export function shownDelegation(
  { realm, chainId }: { realm: string; chainId: number },
  payload: StreamPayload | ChainProof,
): (DelegationTerms & { signature: string }) | null {
  if (payload.action !== "prove" || (!payload.delegate && !payload.delegation)) return null;
  const { payer, delegate, delegation } = payload;
  if (!delegate || !delegation) throw delegationRefusal("incomplete", { payer });
  return { ...delegation, payer, delegate, realm, chainId };
}

function delegationRefusal(
  reason: "incomplete" | "not-signed-by-payer",
  { payer, delegate, nonce }: { payer: string; delegate?: string; nonce?: string },
): ProblemError {
  const told = { reason, payer: payer.toLowerCase(), ...(delegate ? { delegate, nonce } : {}) };
  return new ProblemError("stream/delegation-invalid", "The delegation does not hold.", { extensions: told });
}
