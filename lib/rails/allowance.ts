import type { Hex } from "viem";
import type { ChainCall } from "./chain-call";
import type { permitTypedData } from "./erc20-calls";
import type { authorizationTypedData } from "./streampay/streampay-authorization";

/**
 * What an account may sign in place of an approval, so that one transaction is enough: a permit (ERC-2612), or an authorisation (ERC-3009)
 * with its `salt`. `deadline`: seconds of the chain.
 */
export type AllowanceToSign = {
  typedData: ReturnType<typeof permitTypedData> | ReturnType<typeof authorizationTypedData>;
  deadline: bigint;
  salt: Hex | null;
};

/** The same, signed. What it is for is asked again with it: a signature for other terms is refused. */
export type SignedAllowance = { deadline: bigint; salt: Hex | null; signature: Hex };

/** The transactions of a change, in order. With `allowance`, the first is an approval that a signature can stand for. */
export type ToSign = { calls: readonly ChainCall[]; allowance: AllowanceToSign | null };
