import "server-only";
import { type Hex, hashTypedData } from "viem";
import { accountSigner } from "./account-signer";
import {
  type Authorization,
  type AuthorizationWords,
  authorizationDomain,
  authorizationTypes,
} from "./charge-authorization";
import type { ChargeToken } from "./charge-token";
import type { DoorChain } from "./door-chain";

/** What the code of a payer may spend on judging a payment, which we settle, and so pay for: P-256 in Solidity, and a little. */
const MOST_GAS = 500_000n;

/** @throws ProblemError `stream/verification-unavailable` while the chain cannot be asked */
export type VerifyCharge = (
  token: ChargeToken,
  words: AuthorizationWords,
  signature: Hex,
) => Promise<Authorization | null>;

/**
 * Whether a payment was signed by the account that it takes money from, as its token will judge: by the code at the address where there is
 * some, else by its key (decision 0093). A token of an older version knows keys alone, whatever stands at the address. Null: nobody signed it.
 */
export function chargeSignatures({ client }: Pick<DoorChain, "client">): VerifyCharge {
  return async (token, words, signature) => {
    const hash = hashOf(token, words);
    if (!hash) return null;
    const asked = { address: words.from, hash, signature };
    const rules = token.takesAccounts
      ? ({ client, order: "code-first", factories: [], mostGas: MOST_GAS } as const)
      : ({ client: null, order: "key-first", factories: [] } as const);
    const signedBy = await accountSigner(asked, rules);
    return signedBy === "key" || signedBy === "code" ? { ...words, signature, signedBy } : null;
  };
}

/** Null for what cannot be written as the typed data, such as a time beyond its type: nobody signed that. */
function hashOf(token: ChargeToken, message: AuthorizationWords): Hex | null {
  try {
    return hashTypedData({
      ...{ domain: authorizationDomain(token), types: authorizationTypes },
      ...{ primaryType: "TransferWithAuthorization", message },
    });
  } catch {
    return null;
  }
}
