import "server-only";
import type { Address } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { ProblemError } from "@/lib/errors";
import type { SignedAllowance, ToSign } from "../allowance";
import type { ChainPlace } from "../chain-place";
import { permitTypedData } from "../erc20-calls";
import { checkPermit, readSigning } from "../read-signing";
import { type SuperfluidPlace, underlyingAmount, wrapAmount, wrapCalls } from "./superfluid-calls";

/**
 * What an account signs to wrap: one transaction with enough allowance or a signed permit, else an approval before it.
 *
 * @param amount base units of the super token that are to come at least
 * @throws ProblemError `insufficient-balance`, `invalid-signature` (of the permit)
 */
export async function planWrap(
  place: ChainPlace,
  at: SuperfluidPlace,
  { owner, amount, signed }: { owner: Address; amount: bigint; signed?: SignedAllowance | undefined },
): Promise<ToSign> {
  const { underlying } = at;
  if (!underlying) throw new Error(`${at.token.symbol} wraps no token.`); // superTokenPlace offers none.
  const client = await place.client();
  const token = { address: underlying.address, abi: testUsdcAbi } as const;
  const spender = at.token.address;
  const [has, allowance, { permit }] = await Promise.all([
    client.readContract({ ...token, functionName: "balanceOf", args: [owner] }),
    client.readContract({ ...token, functionName: "allowance", args: [owner, spender] }),
    readSigning(client, { token: underlying.address, owner }),
  ]);
  const wrap = { amount: wrapAmount(at, amount), allowance };
  const value = underlyingAmount(at, wrap.amount);
  if (value > has)
    throw new ProblemError("insufficient-balance", `Your wallet has less ${underlying.symbol} than that.`);
  if (signed) {
    await checkPermit(permit, { owner, spender }, { ...signed, value });
    return { calls: wrapCalls(at, owner, { ...wrap, permit: signed }), allowance: null };
  }
  const calls = wrapCalls(at, owner, wrap);
  if (!permit || calls.length < 2) return { calls, allowance: null };
  const { domain, nonce, deadline } = permit;
  const typedData = permitTypedData(domain, { owner, spender, value, nonce, deadline });
  return { calls, allowance: { typedData, deadline, salt: null } };
}
