import { createSiweMessage } from "viem/siwe";
import { paths } from "@/lib/paths";
import type { Signer } from "./signer";

/** What the server wants in the message. Times are the server's, so that a wrong clock here does no harm. */
export type SignInTerms = {
  nonce: string;
  chainId: number;
  statement: string;
  issuedAt: string;
  expirationTime: string;
};

/** A text that a wallet signs to sign in here, and nowhere else: EIP-4361. */
export function signInMessage(address: `0x${string}`, terms: SignInTerms): string {
  return createSiweMessage({
    address,
    chainId: terms.chainId,
    nonce: terms.nonce,
    statement: terms.statement,
    issuedAt: new Date(terms.issuedAt),
    expirationTime: new Date(terms.expirationTime),
    domain: location.host,
    uri: location.origin,
    version: "1",
  });
}

export async function fetchSignInTerms(): Promise<SignInTerms> {
  const response = await post(paths.api.nonce, {});
  return response.json();
}

/** Trades a signed message for a session cookie. @throws Error with the server's own sentence */
export async function postSession(message: string, signature: string): Promise<void> {
  await post(paths.api.session, { message, signature });
}

export async function signInWith(signer: Signer): Promise<void> {
  const message = signInMessage(signer.address, await fetchSignInTerms());
  await postSession(message, await signer.signMessage(message));
}

async function post(path: string, body: unknown): Promise<Response> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (response.ok) return response;
  const problem: { detail?: string } = await response.json().catch(() => ({}));
  throw new Error(problem.detail ?? `The server answered ${response.status}.`);
}
