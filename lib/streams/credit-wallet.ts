import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { callLedger } from "@/lib/ledger/call-ledger";
import { getWallet, type WalletView } from "./get-wallet";
import { type Operation, operation } from "./operation";

/** Base units of play money that the faucet gives an address in one UTC day at most: 10,000 USDCx. */
const FAUCET_DAILY_MAX = 10_000n * 10n ** 18n;

/**
 * Credits a wallet with play money. Devnet only: the caller checks the network.
 *
 * @throws ProblemError `rate-limited` past the day's maximum
 */
export async function creditWallet(
  input: Operation & { amount: bigint },
  db: Queryable = pool(),
): Promise<WalletView> {
  const asked = operation("credit_wallet", input, { amount: input.amount });
  const members = { asset: LEDGER_ASSET.symbol, source: "faucet", dailyMax: FAUCET_DAILY_MAX };
  await callLedger("credit_wallet", { ...asked, ...members }, z.object({ credited: z.string() }), db);
  return getWallet({ address: asked.actor }, db);
}
