/**
 * Payment methods for an agent that has a key but no money: it proves the streams of a payer that has delegated to that key. It opens, tops up and
 * closes nothing: the server takes none of that from a delegate.
 */
import { type Challenge, Credential, Method } from "mppx";
import type { Account } from "viem";
import { streampayMethod, superfluidMethod } from "@/lib/mpp/chain-methods";
import { delegationTypedData } from "@/lib/mpp/delegation-typed-data";
import { ledgerMethod } from "@/lib/mpp/ledger-method";
import { type SignableChallenge, streamTypedData } from "@/lib/mpp/stream-typed-data";
import { PaymentRefused } from "./spending-caps";

/** What a payer hands to its agent. Amounts are base units of the ledger's dollar a second, times Unix seconds. */
export type SignedDelegation = {
  payer: string;
  delegate: string;
  /** Host and port of the one site that it is for. */
  realm: string;
  chainId: number;
  maxFlowRate: bigint;
  notAfter: bigint;
  nonce: bigint;
  signature: string;
};

/** @param terms `nonce`: a number that the payer has not used yet, at most 19 digits: it revokes the delegation */
export async function signDelegation(
  payer: Account,
  terms: Omit<SignedDelegation, "payer" | "signature">,
): Promise<SignedDelegation> {
  if (!payer.signTypedData) throw new Error("The account cannot sign typed data.");
  const unsigned = { ...terms, payer: payer.address };
  return { ...unsigned, signature: await payer.signTypedData(typedData(unsigned)) };
}

/** For `Mppx.create({ methods: delegatedStreams(…) })`. */
export function delegatedStreams({
  account,
  delegation,
}: {
  account: Account;
  delegation: SignedDelegation;
}) {
  async function prove(challenge: Challenge.Challenge & SignableChallenge): Promise<string> {
    const { next, chainId, plan } = challenge.request.methodDetails;
    if (challenge.realm !== delegation.realm || chainId !== delegation.chainId)
      throw new PaymentRefused("realm-not-allowed", `The delegation is not for ${challenge.realm}.`);
    if (next !== undefined && next !== "prove" && next !== "wait")
      throw new PaymentRefused(
        "needs-human",
        `The payer has to ${next} its stream to ${plan}: a delegate cannot.`,
      );
    if (!account.signTypedData) throw new Error("The account cannot sign typed data.");
    const payload = { action: "prove", payer: delegation.payer } as const;
    const { maxFlowRate, notAfter, nonce, signature } = delegation;
    return Credential.serialize(
      Credential.from({
        challenge,
        payload: {
          ...payload,
          type: "proof",
          signature: await account.signTypedData(streamTypedData(challenge, payload)),
          delegate: account.address,
          delegation: {
            maxFlowRate: String(maxFlowRate),
            notAfter: String(notAfter),
            nonce: String(nonce),
            signature,
          },
        },
        source: `did:pkh:eip155:${chainId}:${delegation.payer}`,
      }),
    );
  }
  return [
    Method.toClient(ledgerMethod, { createCredential: ({ challenge }) => prove(challenge) }),
    Method.toClient(superfluidMethod, { createCredential: ({ challenge }) => prove(challenge) }),
    Method.toClient(streampayMethod, { createCredential: ({ challenge }) => prove(challenge) }),
  ] as const;
}

function typedData({ maxFlowRate, notAfter, nonce, ...terms }: Omit<SignedDelegation, "signature">) {
  return delegationTypedData({
    ...terms,
    maxFlowRate: String(maxFlowRate),
    notAfter: String(notAfter),
    nonce: String(nonce),
  });
}
