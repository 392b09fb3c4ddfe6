import "server-only";
import type { Address, Hex } from "viem";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import type { Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import type { ExpectedLog } from "./intent";
import { findOperatorAccount } from "./operator-account";

/** A refused simulation may be true for a moment only (a block in between): so often it is tried. */
const MAX_TRIES = 5;

export type NewTransaction = {
  /** Names the effect: the same key happens once, for ever. */
  key: string;
  /** For logs and metrics: "settle-charge". */
  kind: string;
  to: Address;
  data: Hex;
  /** Wei that goes along. */
  value?: bigint;
  /** Whose failures count together towards a pause; default: the contract. Name the party when one party's refusals must not stop others. */
  target?: string;
  expected?: ExpectedLog;
  /** Milliseconds by the database's clock after which it must not happen any more. */
  deadlineMs?: bigint;
  maxTries?: number;
};

/** Which account sends it, and where; default: this process's. */
export type Sender = { chainId: number; address: string };

/**
 * Writes down a transaction that the server is to send, inside the caller's SQL transaction: it is sent if and only if that commits.
 *
 * @returns false when the same was written down before
 * @throws ProblemError `idempotency-conflict` when the key stands for another transaction, `not-configured` without a chain or a key
 */
export async function enqueueTransaction(
  db: Queryable,
  asked: NewTransaction,
  sender: Sender = configuredSender(),
): Promise<boolean> {
  const { key, kind, to, data, value = 0n, target = to, expected, deadlineMs, maxTries = MAX_TRIES } = asked;
  const address = sender.address.toLowerCase();
  const { rowCount } = await db.query({
    text: `insert into chain_intent (intent_key, kind, chain_id, signer, to_address, data, value, target, expected, max_tries, deadline_ms, created_ms, due_ms)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_ms(), clock_ms()) on conflict (intent_key) do nothing`,
    values: [
      ...[key, kind, sender.chainId, address, to.toLowerCase(), data.toLowerCase(), value.toString()],
      ...[target.toLowerCase(), expected ? JSON.stringify(expected) : null, maxTries, deadlineMs?.toString()],
    ],
  });
  if (rowCount === 1) return true;
  const { rows } = await db.query<{ same: boolean }>(
    `select kind = $2 and chain_id = $3 and to_address = $4 and data = $5 and value = $6 as same from chain_intent where intent_key = $1`,
    [key, kind, sender.chainId, to.toLowerCase(), data.toLowerCase(), value.toString()],
  );
  if (!rows[0]?.same)
    throw new ProblemError("idempotency-conflict", "That key stands for another transaction.");
  return false;
}

function configuredSender(): Sender {
  const account = findOperatorAccount();
  const configured = findConfiguredNetwork();
  if (!account || !configured)
    throw new ProblemError(
      "not-configured",
      "This server sends no transactions: set RPC_URL, and OPERATOR_KEY on a chain that is no devnet.",
    );
  return { chainId: configured.network.chainId, address: account.address };
}
