import "server-only";
import {
  type AccountSignature,
  type AccountSignatureRules,
  findSigner,
  type SignedBy,
} from "@/lib/chain/verify-account-signature";
import { ProblemError } from "@/lib/errors";

/**
 * What of an account signed something, as `findSigner` finds out; null when nobody did.
 *
 * @throws ProblemError `stream/verification-unavailable` while the chain cannot be asked: nobody is told to pay again then
 */
export async function accountSigner(
  asked: AccountSignature,
  rules: AccountSignatureRules,
): Promise<SignedBy | null> {
  try {
    return await findSigner(asked, rules);
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause;
    throw new ProblemError(
      "stream/verification-unavailable",
      "The chain cannot be asked about the signature now. Do not pay again; retry.",
      { extensions: { retryAfterSeconds: 2 }, cause },
    );
  }
}
