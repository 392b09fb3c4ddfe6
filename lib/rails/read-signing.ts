import "server-only";
import { type Address, domainSeparator, recoverTypedDataAddress, zeroHash } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ChainClient } from "@/lib/chain/public-client";
import { ProblemError } from "@/lib/errors";
import { permitTypedData, type TokenDomain } from "./erc20-calls";
import type { PermitOf } from "./rail";

/** A signature is good for so long after the newest block: time to read what is signed. */
const GOOD_FOR_SECONDS = 3_600n;

export type PermitFacts = { domain: TokenDomain; nonce: bigint; deadline: bigint };

/** What a token lets an account sign; each null where it does not. */
export type SigningFacts = {
  /** ERC-2612. Of an account without code alone: the older `permit` takes no other signature. */
  permit: PermitFacts | null;
  /** ERC-3009: the domain, and until when it is wise to let it be valid, seconds of the chain. */
  authorization: { domain: TokenDomain; validBefore: bigint } | null;
};

/** How an account can sign for a token now. A domain that is not what the token itself says is none: it would refuse the signature. */
export async function readSigning(
  client: ChainClient,
  { token, owner }: { token: Address; owner: Address },
): Promise<SigningFacts> {
  const of = { address: token, abi: testUsdcAbi } as const;
  const [code, block, name, version, nonce, separator, used] = await Promise.all([
    client.getCode({ address: owner }),
    client.getBlock(),
    client.readContract({ ...of, functionName: "name" }),
    client.readContract({ ...of, functionName: "version" }).catch(() => "1"),
    client.readContract({ ...of, functionName: "nonces", args: [owner] }).catch(() => null),
    client.readContract({ ...of, functionName: "DOMAIN_SEPARATOR" }).catch(() => null),
    client
      .readContract({ ...of, functionName: "authorizationState", args: [owner, zeroHash] })
      .catch(() => null),
  ]);
  const domain = { name, version, chainId: client.chain.id, verifyingContract: token };
  if (separator === null || domainSeparator({ domain }) !== separator)
    return { permit: null, authorization: null };
  const deadline = block.timestamp + GOOD_FOR_SECONDS;
  const hasCode = code !== undefined && code !== "0x";
  return {
    permit: hasCode || nonce === null ? null : { domain, nonce, deadline },
    authorization: used === null ? null : { domain, validBefore: deadline },
  };
}

/**
 * Refuses a permit that the token would refuse, before somebody pays gas for it.
 *
 * @throws ProblemError `invalid-signature`
 */
export async function checkPermit(
  facts: PermitFacts | null,
  { owner, spender }: { owner: Address; spender: Address },
  { value, deadline, signature }: PermitOf,
): Promise<void> {
  if (!facts)
    throw new ProblemError(
      "invalid-signature",
      "The token takes no permit of this account: allow it instead.",
    );
  if (deadline <= facts.deadline - GOOD_FOR_SECONDS)
    throw new ProblemError("invalid-signature", "The permit's deadline has passed: sign a new one.");
  const typed = permitTypedData(facts.domain, { owner, spender, value, nonce: facts.nonce, deadline });
  const signer = await recoverTypedDataAddress({ ...typed, signature }).catch(() => null);
  if (signer?.toLowerCase() !== owner.toLowerCase())
    throw new ProblemError(
      "invalid-signature",
      "The payer did not sign this permit, or has used another one since: sign a new one.",
    );
}
