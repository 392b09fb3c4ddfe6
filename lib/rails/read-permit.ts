import "server-only";
import { type Address, domainSeparator, recoverTypedDataAddress } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ChainClient } from "@/lib/chain/public-client";
import { ProblemError } from "@/lib/errors";
import { permitTypedData, type TokenDomain } from "./erc20-calls";
import type { PermitOf } from "./rail";

/** A permit is good for so long after the newest block: time to read what is signed. */
const GOOD_FOR_SECONDS = 3_600n;

export type PermitFacts = { domain: TokenDomain; nonce: bigint; deadline: bigint };

/**
 * How an account can sign for a token (ERC-2612) now.
 *
 * @returns null when it cannot: the token has no permit that fits its own DOMAIN_SEPARATOR, or the account has code, whose signatures the
 *   older `permit` does not take
 */
export async function readPermit(
  client: ChainClient,
  { token, owner }: { token: Address; owner: Address },
): Promise<PermitFacts | null> {
  const of = { address: token, abi: testUsdcAbi } as const;
  const [code, block, name, version, nonce, separator] = await Promise.all([
    client.getCode({ address: owner }),
    client.getBlock(),
    client.readContract({ ...of, functionName: "name" }),
    client.readContract({ ...of, functionName: "version" }).catch(() => "1"),
    client.readContract({ ...of, functionName: "nonces", args: [owner] }).catch(() => null),
    client.readContract({ ...of, functionName: "DOMAIN_SEPARATOR" }).catch(() => null),
  ]);
  if ((code && code !== "0x") || nonce === null || separator === null) return null;
  const domain = { name, version, chainId: client.chain.id, verifyingContract: token };
  if (domainSeparator({ domain }) !== separator) return null;
  return { domain, nonce, deadline: block.timestamp + GOOD_FOR_SECONDS };
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
