import "server-only";
import type pg from "pg";
import type { LocalAccount } from "viem";
import { DEVNET } from "@/lib/chain/devnet-addresses";
import type { ChainClient } from "@/lib/chain/public-client";
import { pool } from "@/lib/db/pool";
import { findOperatorAccount } from "@/lib/outbox/operator-account";
import { passOutbox } from "@/lib/outbox/run-outbox";
import { type ChargeToken, readChargeToken } from "../charge-token";
import { findDoorChain } from "../door-chain";

/** What withdrawing takes. */
export type WithdrawalTools = {
  db: pg.Pool;
  client: () => Promise<ChainClient>;
  /** Who pays. */
  account: Pick<LocalAccount, "address" | "signTypedData">;
  token: ChargeToken;
  /** One pass of the outbox. */
  pass: () => Promise<unknown>;
  /** How long a payment may take: it is made within that time or never. */
  validSeconds: bigint;
  /** Whether credit that nobody paid for may be withdrawn against what others paid: on a devnet, where both are play money. */
  mixed: boolean;
};

/** Half an hour: time for fees to fall. On a devnet a block is never far. */
const VALID_SECONDS = 1_800n;
const VALID_SECONDS_ON_DEVNET = 120n;

/**
 * Those of this process.
 *
 * @returns null without a chain, without an account to send from, or where the dollar takes no authorisations
 * @throws ProblemError `unavailable` while no node answers
 */
export async function findWithdrawalTools(): Promise<WithdrawalTools | null> {
  const chain = findDoorChain();
  const account = findOperatorAccount();
  const token = chain && account && (await readTokenOnce(chain, account.address));
  if (!chain || !account || !token) return null;
  const onDevnet = token.chainId === DEVNET.chainId;
  return {
    ...{ db: pool(), client: chain.client, account, token, pass: passOutbox, mixed: onDevnet },
    validSeconds: onDevnet ? VALID_SECONDS_ON_DEVNET : VALID_SECONDS,
  };
}

let known: ChargeToken | null | undefined;

/** The token's name and version stay what they are. */
async function readTokenOnce(...of: Parameters<typeof readChargeToken>): Promise<ChargeToken | null> {
  known ??= await readChargeToken(...of);
  return known;
}
