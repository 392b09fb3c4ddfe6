import "server-only";
import { hashMessage } from "viem";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { publicClient } from "@/lib/chain/public-client";
import { verifyAccountSignature } from "@/lib/chain/verify-account-signature";
import { nowMs } from "@/lib/clock";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { checkSignInMessage } from "./check-sign-in-message";
import { hashSessionToken, newSessionToken, SESSION_SECONDS } from "./session-token";

export type NewSession = { token: string; address: string; expiresAt: Date };

/**
 * Signs an account in with a signed EIP-4361 message. Cheap checks first, then the signature, and last the nonce,
 * which is taken and replaced by the session in one statement: of any number of copies one gets in.
 *
 * @param input.signature by a key, or by a smart account of the configured chain (EIP-191; ERC-1271, EIP-7702)
 * @throws ProblemError `invalid-signature`; `unavailable` when the chain cannot be asked about an account that is no key
 */
export async function createSession(input: {
  message: string;
  signature: `0x${string}`;
}): Promise<NewSession> {
  const { address, nonce } = checkSignInMessage(input.message, new Date(Number(nowMs())));
  const signed = await verifyAccountSignature(
    { address, hash: hashMessage(input.message), signature: input.signature },
    {
      client: findConfiguredNetwork() ? publicClient : null,
      order: "key-first",
      factories: env.ERC6492_FACTORIES,
    },
  );
  if (!signed) throw new ProblemError("invalid-signature", "The signature is not by the message's address.");

  const token = newSessionToken();
  const database = pool();
  const { rows } = await database.query<{ expiresAt: Date }>(
    `with used as (
       delete from siwe_nonce where nonce = $1 and expires_at > clock_timestamp() returning nonce)
     insert into auth_session (token_hash, address, expires_at)
     select $2, $3, clock_timestamp() + make_interval(secs => $4) from used
     returning expires_at as "expiresAt"`,
    [nonce, hashSessionToken(token), address, SESSION_SECONDS],
  );
  const expiresAt = rows[0]?.expiresAt;
  if (!expiresAt)
    throw new ProblemError("invalid-signature", "The nonce is unknown, used or older than five minutes.");
  return { token, address, expiresAt };
}
