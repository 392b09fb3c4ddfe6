import "server-only";
import { z } from "zod";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { nowMs } from "@/lib/clock";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { ProblemError } from "@/lib/errors";
import { callLedger } from "@/lib/ledger/call-ledger";
import { logger } from "@/lib/log";
import { newId } from "@/lib/streams/new-id";
import { type Operation, operation } from "@/lib/streams/operation";
import { findWithdrawal, type Withdrawal } from "./find-withdrawal";
import { type Payout, payoutOf, WITHDRAWAL_MIN } from "./payout";
import { readWithdrawable } from "./read-withdrawable";
import { signPayout } from "./sign-payout";
import { findWithdrawalTools, type WithdrawalTools } from "./withdrawal-tools";

/** A transfer that is refused may go through later: the account is filled up. Its end ends it in any case. */
const TRIES = 8;

/**
 * Takes credit out of the ledger: the wallet is debited, and the same address gets the dollar of the chain. To no other address: a stolen
 * session then moves money to nobody but its owner.
 *
 * @param input.amount base units of the ledger, rounded down to whole base units of the token: what is left over stays in the wallet
 * @throws ProblemError `not-available-here`, `invalid-input` below the least, `insufficient-balance`, `wallet/not-backed`, `unavailable`,
 * `idempotency-conflict`
 */
export async function withdrawCredit(
  input: Operation & { amount: bigint },
  given?: WithdrawalTools,
): Promise<Withdrawal> {
  const tools = given ?? (await findWithdrawalTools());
  if (!tools)
    throw new ProblemError(
      "not-available-here",
      "Credit cannot be withdrawn here: there is no chain, or no account to pay from.",
    );
  const { db, token, account } = tools;
  const asked = operation("withdraw_credit", input, { amount: input.amount });
  const earlier = await findEarlier(tools, asked);
  if (earlier) return read(tools, asked.actor, earlier);

  const payout = payoutOf(input.amount, token.asset);
  if (payout.debit < WITHDRAWAL_MIN)
    throw new ProblemError("invalid-input", `Withdraw ${WITHDRAWAL_MIN} base units at least.`, {
      extensions: { minimum: String(WITHDRAWAL_MIN) },
    });
  const validBefore = (await readChainNow(tools, asked.actor, payout)) + tools.validSeconds;
  const signed = await signPayout(account, token, { to: asked.actor, amount: payout.amount, validBefore });
  const { withdrawalId } = await callLedger(
    "withdraw_credit",
    {
      ...asked,
      ...{ id: newId("wdr"), asked: input.amount, amount: payout.amount, mixed: tools.mixed },
      ...{ asset: token.asset.id, ledgerAsset: LEDGER_ASSET.symbol, chainId: token.chainId },
      ...{ token: token.address.toLowerCase(), sender: account.address.toLowerCase(), nonce: signed.nonce },
      ...{ validBeforeMs: validBefore * 1_000n, data: signed.data.toLowerCase(), expected: signed.expected },
      // One wallet's refusals must not stop the others.
      ...{ target: `payer:${asked.actor}`, maxTries: TRIES },
    },
    z.object({ withdrawalId: z.string() }),
    db,
  );
  // The answer says more when the first step is done; the loop does it otherwise.
  await tools
    .pass()
    .catch((error: unknown) => logger.warn({ error }, "The outbox could not send a withdrawal at once"));
  return read(tools, asked.actor, withdrawalId);
}

/** What the same key began before: it is told again, whatever the chain says now. */
async function findEarlier(
  { db }: WithdrawalTools,
  { actor, idempotencyKey, requestHash }: ReturnType<typeof operation>,
): Promise<string | null> {
  if (idempotencyKey === null) return null;
  const { rows } = await db.query<{ id: string | null }>(
    "select response->>'withdrawalId' as id from idempotency where actor = $1 and key = $2 and request_hash = $3",
    [actor, idempotencyKey, requestHash],
  );
  return rows[0]?.id ?? null;
}

/**
 * The later of our clock and the chain's, in Unix seconds.
 *
 * @throws ProblemError `unavailable` when no node answers, or the account that pays does not hold what it owes: nothing is begun then
 */
async function readChainNow(
  { db, client, token, account, mixed }: WithdrawalTools,
  payee: string,
  { amount, debit }: Payout,
): Promise<bigint> {
  const [held, block] = await client()
    .then((node) =>
      Promise.all([
        node.readContract({
          ...{ address: token.address, abi: testUsdcAbi, functionName: "balanceOf", args: [account.address] },
        }),
        node.getBlock({ blockTag: "latest" }),
      ]),
    )
    .catch((cause: unknown) => {
      throw new ProblemError("unavailable", "The chain does not answer now. Nothing was moved.", { cause });
    });
  // What the payee may not have anyway is refused by the ledger, with its own reason.
  if (
    held < amount &&
    (await readWithdrawable(db, payee, { token: token.asset, mixed })).available >= debit
  ) {
    logger.error(
      { held: `${held}`, amount: `${amount}` },
      "The server's account does not hold what backs credit",
    );
    throw new ProblemError(
      "unavailable",
      "The account that pays does not hold that much now. Nothing was moved.",
    );
  }
  const ours = BigInt(nowMs()) / 1_000n;
  return block.timestamp > ours ? block.timestamp : ours;
}

async function read({ db }: WithdrawalTools, payee: string, id: string): Promise<Withdrawal> {
  const withdrawal = await findWithdrawal({ payee, id }, db);
  if (!withdrawal) throw new Error(`Withdrawal ${id} was written down and is not there.`);
  return withdrawal;
}
