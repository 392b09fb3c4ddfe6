/**
 * What a payer signs once (EIP-712), so that an agent's own key may prove its streams. It lets the agent be served, no more: nothing that
 * moves money takes it. It is for one realm and chain, and for streams up to a rate.
 */
import { getAddress } from "viem";
import type { Delegation } from "./wire-schemas";

const fields = [
  { name: "payer", type: "address" },
  { name: "delegate", type: "address" },
  { name: "realm", type: "string" },
  { name: "maxFlowRate", type: "uint256" },
  { name: "notAfter", type: "uint64" },
  { name: "nonce", type: "uint256" },
] as const;

export type DelegationTerms = Omit<Delegation, "signature"> & {
  payer: string;
  delegate: string;
  realm: string;
  chainId: number;
};

export function delegationTypedData({ chainId, ...terms }: DelegationTerms) {
  return {
    domain: { name: "MPP Stream", version: "1", chainId },
    types: { StreamDelegation: [...fields] },
    primaryType: "StreamDelegation" as const,
    message: {
      payer: getAddress(terms.payer),
      delegate: getAddress(terms.delegate),
      realm: terms.realm,
      maxFlowRate: BigInt(terms.maxFlowRate),
      notAfter: BigInt(terms.notAfter),
      nonce: BigInt(terms.nonce),
    },
  };
}
