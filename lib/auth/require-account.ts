import "server-only";
import { ProblemError } from "@/lib/errors";
import { accountOfToken, type SignedIn } from "./account-of-token";
import { readCredential } from "./read-credential";
import { requireOwnOrigin } from "./require-own-origin";

/**
 * The signed-in account of a request, its address in lower case. A cookie counts on an unsafe method only when the
 * request comes from our own pages; a bearer token needs no such check.
 *
 * @throws ProblemError `sign-in-required`, or `forbidden-origin` for a foreign page that rides on the cookie
 */
export async function requireAccount(request: Request): Promise<SignedIn & { token: string }> {
  const credential = readCredential(request);
  if (credential?.from === "cookie" && !["GET", "HEAD"].includes(request.method)) requireOwnOrigin(request);
  const account = credential && (await accountOfToken(credential.token));
  if (!account)
    throw new ProblemError(
      "sign-in-required",
      "Sign in first: see POST /api/v1/auth/nonce, then /auth/session.",
    );
  return { ...account, token: credential.token };
}
