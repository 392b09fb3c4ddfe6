import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { z } from "zod";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import type { ChainClient } from "@/lib/chain/public-client";
import { inTransaction } from "@/lib/db/in-transaction";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { callLedger } from "@/lib/ledger/call-ledger";
import { enqueueTransaction } from "@/lib/outbox/enqueue-transaction";
import { type Authorization, endsMs, idOf, transferData } from "./charge-authorization";
import type { ChargeToken } from "./charge-token";
import { findSettlement } from "./find-settlement";
import { transferOf } from "./transfer-of";

/** A block may come after this long; an authorisation that ends before is not begun. */
const MARGIN_SECONDS = 6n;
/** A transfer that is refused when it is tried out has no better chance a second later. */
const TRIES = 2;

/** At which door it was shown first, and in which protocol. */
export type ChargeUse = { providerId: string; tier: string; scheme: "mpp" | "x402" };

/** `credited`: the ledger has it; `waiting`: show the same again in a second; `refused`: nothing was written, or it can never happen. */
export type ChargeState =
  | { state: "credited"; credit: bigint; txHash: string }
  | { state: "waiting" }
  | { state: "refused"; detail: string };

export type SettleTools = {
  db: pg.Pool;
  client: () => Promise<ChainClient>;
  /** One pass of the outbox: who waits works. */
  pass: () => Promise<unknown>;
  patience: { patienceMs: number; pollMs: number };
};

const creditOutput = z.union([
  z.object({ state: z.literal("credited"), credit: z.string(), tx: z.string() }),
  z.object({ state: z.literal("waiting") }),
  z.object({ state: z.literal("failed"), code: z.string(), error: z.string().nullable() }),
  z.null(),
]);

/**
 * Settles a signed authorisation on the chain and credits its payer, once for its nonce, for ever. Signature, amount and recipient have
 * been checked. The credit follows the receipt: status 1, this Transfer and no other, and the depth of the network.
 */
export async function settleCharge(
  token: ChargeToken,
  authorization: Authorization,
  use: ChargeUse,
  tools: SettleTools,
): Promise<ChargeState> {
  const earlier = await findCharge(tools.db, token, authorization);
  if (earlier && (earlier.amount !== authorization.value || earlier.providerId !== use.providerId))
    return refused("The authorisation was used for something else.");
  if (!earlier) {
    const obstacle = await obstacleOf(token, authorization, await tools.client());
    if (obstacle) return refused(obstacle);
    await writeDown(token, authorization, use, tools.db);
  }
  return awaitCredit(token, authorization, tools);
}

type Earlier = { amount: bigint; providerId: string };

async function findCharge(db: pg.Pool, token: ChargeToken, by: Authorization): Promise<Earlier | null> {
  const { rows } = await db.query<{ amount: string; provider_id: string }>(
    "select amount, provider_id from chain_charge where chain_id = $1 and token = $2 and payer = $3 and nonce = $4",
    [...idOf(token, by)],
  );
  return rows[0] ? { amount: BigInt(rows[0].amount), providerId: rows[0].provider_id } : null;
}

/** What the chain says against it before anything is written, by the chain's own clock. */
async function obstacleOf(
  token: ChargeToken,
  by: Authorization,
  client: ChainClient,
): Promise<string | null> {
  const contract = { address: token.address, abi: testUsdcAbi } as const;
  const [used, balance, { timestamp }] = await Promise.all([
    client.readContract({ ...contract, functionName: "authorizationState", args: [by.from, by.nonce] }),
    client.readContract({ ...contract, functionName: "balanceOf", args: [by.from] }),
    client.getBlock({ blockTag: "latest" }),
  ]);
  if (used) return "The authorisation was used or cancelled on the chain.";
  if (by.validAfter >= timestamp + MARGIN_SECONDS) return "The authorisation is not valid yet.";
  if (by.validBefore <= timestamp + MARGIN_SECONDS)
    return "The authorisation has expired, or will before a block takes it.";
  if (balance < by.value) return `The payer does not have that much ${token.asset.symbol}.`;
  return null;
}

/** The charge and its transaction together. A twin that comes at the same time finds both. */
async function writeDown(token: ChargeToken, by: Authorization, use: ChargeUse, db: pg.Pool): Promise<void> {
  const id = idOf(token, by);
  const key = `charge:${id.join(":")}`;
  await inTransaction(db, async (tx) => {
    const { rowCount } = await tx.query(
      `insert into chain_charge (chain_id, token, payer, nonce, recipient, amount, asset, intent_key, scheme, provider_id, tier, created_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, clock_ms()) on conflict do nothing`,
      [
        ...[...id, by.to.toLowerCase(), by.value.toString(), token.asset.id, key],
        ...[use.scheme, use.providerId, use.tier],
      ],
    );
    if (rowCount === 0) return;
    await enqueueTransaction(
      tx,
      {
        key,
        kind: "settle-charge",
        to: token.address,
        data: transferData(by),
        // One payer's refusals must not stop the others.
        target: `payer:${by.from}`,
        maxTries: TRIES,
        deadlineMs: endsMs(by),
        expected: transferOf(token, by),
      },
      { chainId: token.chainId, address: token.payTo },
    );
  });
}

/** Works at the outbox until the ledger has the credit, as long as a request may wait. */
async function awaitCredit(token: ChargeToken, by: Authorization, tools: SettleTools): Promise<ChargeState> {
  const { patienceMs, pollMs } = tools.patience;
  const [chainId, address, payer, nonce] = idOf(token, by);
  const asked = { chainId, token: address, payer, nonce, asset: LEDGER_ASSET.symbol };
  const began = performance.now();
  for (;;) {
    let found = await callLedger("credit_charge", asked, creditOutput, tools.db);
    if (found?.state === "failed") {
      const foundTx = await findSettlement(token, by, await tools.client());
      if (foundTx) found = await callLedger("credit_charge", { ...asked, foundTx }, creditOutput, tools.db);
    }
    if (found?.state === "credited")
      return { state: "credited", credit: BigInt(found.credit), txHash: found.tx };
    if (found?.state === "failed") return refused(found.error ?? "The chain refused the payment.");
    if (performance.now() - began >= patienceMs) return { state: "waiting" };
    await tools.pass();
    await sleep(pollMs);
  }
}

function refused(detail: string): ChargeState {
  return { state: "refused", detail };
}
