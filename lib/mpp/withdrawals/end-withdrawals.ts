import "server-only";
import { type Address, getAddress, type Hex } from "viem";
import { z } from "zod";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { type ChainClient, publicClient } from "@/lib/chain/public-client";
import { pool, type Queryable } from "@/lib/db/pool";
import { callLedger } from "@/lib/ledger/call-ledger";
import { logger } from "@/lib/log";
import { patienceFor } from "@/lib/outbox/configured-lane";
import { findSettlement } from "../find-settlement";

const LIMIT = 100;

type Row = {
  id: string;
  payee: string;
  token: string;
  amount: string;
  sender: string;
  nonce: Hex;
  valid_before_ms: string;
  intent_state: string;
  tx_hash: Hex | null;
};

type Chain = {
  chainId: number;
  confirmations: number;
  /** Blocks upon something, its own included, after which it stays. */
  finalDepth: number;
  client: () => Promise<ChainClient>;
};

const endOutput = z.object({ state: z.string() }).nullable();

/**
 * Ends withdrawals of which the chain has decided for good. The token decides, not our transactions: what became of them can be taken back, and
 * anybody who has seen one may send its authorisation. So one is paid when the token has taken its authorisation, and comes back only
 * when it has not and cannot any more: at a block that is both past the authorisation's end and so deep that it stays.
 *
 * @returns how many were ended
 */
export async function endWithdrawals(db: Queryable, chain: Chain): Promise<number> {
  const { rows } = await db.query<Row>({
    text: `select w.id, w.payee, w.token, w.amount, w.sender, w.nonce, w.valid_before_ms, i.state as intent_state, i.tx_hash
      from chain_withdrawal w join chain_intent i on i.intent_key = w.intent_key
      where w.state = 'on-its-way' and w.chain_id = $1 and (i.state in ('final', 'failed') or w.valid_before_ms <= clock_ms())
      order by w.created_ms limit $2`,
    values: [chain.chainId, LIMIT],
  });
  if (rows.length === 0) return 0;
  const node = await chain.client();
  const head = await node.getBlockNumber({ cacheTime: 0 });
  const deep = head - BigInt(chain.finalDepth) + 1n;
  if (deep < 0n) return 0;
  const { timestamp } = await node.getBlock({ blockNumber: deep });

  let ended = 0;
  for (const row of rows) {
    const used = await node.readContract({
      ...{ address: getAddress(row.token), abi: testUsdcAbi, functionName: "authorizationState" },
      ...{ args: [row.sender as Address, row.nonce], blockNumber: deep },
    });
    if (!used && timestamp * 1_000n < BigInt(row.valid_before_ms)) continue;
    const paidBy = used ? await transactionOf(row, chain, node) : null;
    if (used && !paidBy) {
      // Taken back by its signer, by hand, or too long ago to be found: a person has to look, for either could be wrong.
      logger.error(
        { withdrawal: row.id },
        "An authorisation is used up, and no payment of it is to be found",
      );
      continue;
    }
    const found = await callLedger("end_withdrawal", { id: row.id, paidBy }, endOutput, db);
    if (found?.state === "paid" || found?.state === "returned") ended += 1;
  }
  return ended;
}

/** Ours, if it is in a block, else that of whoever was first. Null: there is none to be found. */
async function transactionOf(row: Row, chain: Chain, node: ChainClient): Promise<Hex | null> {
  if (row.intent_state === "confirmed" || row.intent_state === "final") return row.tx_hash;
  const by = {
    from: row.sender as Address,
    to: row.payee as Address,
    value: BigInt(row.amount),
    nonce: row.nonce,
  };
  const place = {
    chainId: chain.chainId,
    address: getAddress(row.token),
    confirmations: chain.confirmations,
  };
  return findSettlement(place, by, node);
}

/** One pass of this process; nothing without a chain. */
export async function endWithdrawalsOnce(): Promise<number> {
  const configured = findConfiguredNetwork();
  if (!configured) return 0;
  const { network } = configured;
  const { finalDepth } = patienceFor(network);
  return endWithdrawals(pool(), { ...network, finalDepth, client: publicClient });
}
