import "server-only";
import { getAddress } from "viem";
import { parseSiweMessage } from "viem/siwe";
import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { ownOrigins } from "@/lib/http/own-origins";

export const SIGN_IN_STATEMENT = "Sign in to Superstream. This costs nothing and moves no money.";
/** Longest life of a message: a leaked one is worthless soon. */
export const SIGN_IN_SECONDS_MAX = 600;
/** How far the signer's clock may be off. */
const SKEW_SECONDS = 60;

/**
 * Checks what an EIP-4361 message says: our domain and origin, our chain, version 1, and a life of at most ten
 * minutes around now. The signature and the nonce are checked elsewhere.
 *
 * @param now the server's clock, only to judge the signer's
 * @returns the signer in lower case and the nonce
 * @throws ProblemError `invalid-signature`, naming what is wrong
 */
export function checkSignInMessage(message: string, now: Date): { address: `0x${string}`; nonce: string } {
  const said = parseSiweMessage(message);
  const own = ownOrigins();
  const { address, nonce, uri, issuedAt, expirationTime, notBefore } = said;
  if (!address || !nonce || !uri || !issuedAt) throw refusal("The message is not an EIP-4361 message.");
  if (said.version !== "1") throw refusal("The message's version is not 1.");
  if (!own.some((origin) => new URL(origin).host === said.domain))
    throw refusal("The message names another domain.");
  if (said.scheme && !own.some((origin) => new URL(origin).protocol === `${said.scheme}:`))
    throw refusal("The message names another scheme.");
  if (!URL.canParse(uri) || !own.includes(new URL(uri).origin))
    throw refusal("The message names another URI.");
  if (said.chainId !== env.CHAIN_ID) throw refusal(`The message is not for chain ${env.CHAIN_ID}.`);
  if (address !== getAddress(address)) throw refusal("The message's address has no EIP-55 checksum.");

  const at = now.getTime();
  const skewMs = SKEW_SECONDS * 1000;
  const lifeMs = SIGN_IN_SECONDS_MAX * 1000;
  // A date that cannot be read is NaN, and every comparison with NaN is false: so each one asks for what is right.
  const fresh = Math.abs(at - issuedAt.getTime()) <= lifeMs + skewMs && issuedAt.getTime() <= at + skewMs;
  if (!fresh) throw refusal("The message was not issued in the last ten minutes.");
  if (!expirationTime || !(at < expirationTime.getTime()))
    throw refusal("The message has expired, or never does.");
  if (!(expirationTime.getTime() <= at + lifeMs + skewMs))
    throw refusal("The message lives longer than ten minutes.");
  if (notBefore && !(notBefore.getTime() <= at + skewMs)) throw refusal("The message is not valid yet.");
  return { address: address.toLowerCase() as `0x${string}`, nonce };
}

function refusal(detail: string): ProblemError {
  return new ProblemError("invalid-signature", detail);
}
