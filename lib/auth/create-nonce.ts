import "server-only";
import { randomBytes } from "node:crypto";
import { getAddress } from "viem";
import { createSiweMessage } from "viem/siwe";
import { nowMs } from "@/lib/clock";
import { pool } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { SIGN_IN_SECONDS_MAX, SIGN_IN_STATEMENT } from "./check-sign-in-message";

/** How long a nonce waits for its one use. */
const NONCE_SECONDS = 300;

/**
 * A nonce for one sign-in, and every value that the message to sign must have. With an address, the whole message.
 * Sweeps take expired nonces away.
 */
export async function createNonce({ address }: { address?: string | undefined }) {
  const nonce = randomBytes(16).toString("hex");
  const database = pool();
  const { rows } = await database.query<{ expiresAt: Date }>(
    `insert into siwe_nonce (nonce, expires_at) values ($1, clock_timestamp() + make_interval(secs => $2))
     returning expires_at as "expiresAt"`,
    [nonce, NONCE_SECONDS],
  );
  const expiresAt = rows[0]?.expiresAt;
  if (!expiresAt) throw new Error("INSERT … RETURNING gave no row.");
  const issuedAt = new Date(Number(nowMs()));
  const terms = {
    domain: new URL(env.ORIGIN).host,
    uri: env.ORIGIN,
    version: "1",
    chainId: env.CHAIN_ID,
    nonce,
    issuedAt,
    expirationTime: new Date(issuedAt.getTime() + SIGN_IN_SECONDS_MAX * 1000),
    statement: SIGN_IN_STATEMENT,
  } as const;
  const message = address ? createSiweMessage({ ...terms, address: getAddress(address) }) : null;
  return { ...terms, expiresAt, message };
}
