import "server-only";
import type { Address } from "viem";
import { fundOnDevnet } from "@/lib/chain/devnet-faucet";
import { pool, type Queryable } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { logger } from "@/lib/log";
import { creditWallet } from "./credit-wallet";
import type { WalletView } from "./get-wallet";
import type { Operation } from "./operation";

/**
 * The faucet: credits the wallet in the ledger and, where a chain runs, fills the same address there with coin for gas, USDC and
 * USDCx. The ledger's daily maximum bounds both.
 *
 * @throws ProblemError `not-available-here` on any network but a devnet, `rate-limited` past the day's maximum
 */
export async function givePlayMoney(
  input: Operation & { amount: bigint },
  db: Queryable = pool(),
): Promise<WalletView> {
  if (env.NETWORK !== "devnet")
    throw new ProblemError("not-available-here", "There is no faucet on this network.");
  const wallet = await creditWallet(input, db);
  // The ledger has paid: an answer that says otherwise would make people ask again.
  await fundOnDevnet(wallet.address as Address).catch((error: unknown) =>
    logger.warn({ error }, "The faucet could not reach the chain"),
  );
  return wallet;
}
