import "server-only";
import { randomBytes } from "node:crypto";
import { type Address, encodeFunctionData, getAddress, type Hex, type LocalAccount } from "viem";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ExpectedLog } from "@/lib/outbox/intent";
import { authorizationDomain, authorizationTypes, splitSignature } from "../charge-authorization";
import type { ChargeToken } from "../charge-token";
import { transferOf } from "../transfer-of";

/** A payment that the server's account has signed: the call that makes it, and the log that shows it was made. */
export type SignedPayout = { nonce: Hex; data: Hex; expected: ExpectedLog };

/**
 * Signs a payment from the server's account as an authorisation (EIP-3009) instead of a plain transfer: its token takes it once, whatever
 * becomes of our transactions, and not after its end, so that it can be known for good that it was not made. Asks nobody.
 *
 * @param validBefore Unix seconds of the chain
 */
export async function signPayout(
  account: Pick<LocalAccount, "address" | "signTypedData">,
  token: ChargeToken,
  { to, amount, validBefore }: { to: string; amount: bigint; validBefore: bigint },
): Promise<SignedPayout> {
  const nonce: Hex = `0x${randomBytes(32).toString("hex")}`;
  const message = {
    from: account.address,
    to: getAddress(to) as Address,
    value: amount,
    validAfter: 0n,
    validBefore,
    nonce,
  };
  const signature = await account.signTypedData({
    domain: authorizationDomain(token),
    ...{ types: authorizationTypes, primaryType: "TransferWithAuthorization", message },
  });
  const { v, r, s } = splitSignature(signature);
  const args = [message.from, message.to, amount, 0n, validBefore, nonce, v, r, s] as const;
  return {
    nonce,
    data: encodeFunctionData({ abi: testUsdcAbi, functionName: "transferWithAuthorization", args }),
    expected: transferOf(token, message),
  };
}
