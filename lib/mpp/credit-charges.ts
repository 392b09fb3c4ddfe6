import "server-only";
import { type Address, getAddress, type Hex } from "viem";
import { z } from "zod";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { type ChainClient, publicClient } from "@/lib/chain/public-client";
import { pool, type Queryable } from "@/lib/db/pool";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { callLedger } from "@/lib/ledger/call-ledger";
import { startLoop } from "@/lib/loop";
import { findSettlement } from "./find-settlement";
import { endWithdrawalsOnce } from "./withdrawals/end-withdrawals";

const EVERY_MS = 2_000;
const LIMIT = 100;
/** How long after our transaction failed it is still looked for by itself whether somebody else's went through. */
const SEARCH_MS = 600_000;

type Row = { token: string; payer: string; nonce: Hex; recipient: string; amount: string; state: string };

/**
 * Credits what was settled while nobody waited for it: the caller had left, or the server had died. The payer finds it in the wallet.
 *
 * @returns how many were looked at
 */
export async function creditCharges(
  db: Queryable,
  chain: { chainId: number; confirmations: number; client: () => Promise<ChainClient> },
): Promise<number> {
  const { chainId, confirmations } = chain;
  const { rows } = await db.query<Row>({
    text: `select c.token, c.payer, c.nonce, c.recipient, c.amount, i.state from chain_charge c join chain_intent i on i.intent_key = c.intent_key
      where c.credited_ms is null and c.chain_id = $1
        and (i.state in ('confirmed', 'final') or (i.state = 'failed' and i.ended_ms > clock_ms() - $2::bigint))
      order by c.created_ms limit $3`,
    values: [chainId, SEARCH_MS, LIMIT],
  });
  for (const { token, payer, nonce, recipient, amount, state } of rows) {
    const asked = { chainId, token, payer, nonce, asset: LEDGER_ASSET.symbol };
    if (state !== "failed") {
      await callLedger("credit_charge", asked, z.unknown(), db);
      continue;
    }
    const by = { from: payer as Address, to: recipient as Address, value: BigInt(amount), nonce };
    const place = { chainId, address: getAddress(token), confirmations };
    const foundTx = await findSettlement(place, by, await chain.client());
    if (foundTx) await callLedger("credit_charge", { ...asked, foundTx }, z.unknown(), db);
  }
  return rows.length;
}

/** One pass of this process; nothing without a chain. */
export async function creditChargesOnce(): Promise<number> {
  const configured = findConfiguredNetwork();
  if (!configured) return 0;
  const { chainId, confirmations } = configured.network;
  return creditCharges(pool(), { chainId, confirmations, client: publicClient });
}

/** Does so, and ends withdrawals, until the function that it returns is called. Null without a chain. */
export function startCreditingCharges(): (() => Promise<void>) | null {
  if (!findConfiguredNetwork()) return null;
  return startLoop({
    name: "charges",
    intervalMs: EVERY_MS,
    pass: async () => {
      await creditChargesOnce();
      await endWithdrawalsOnce();
      return false;
    },
  });
}
