import "server-only";
import { getAddress, type Hex } from "viem";
import { pool, type Queryable } from "@/lib/db/pool";
import { type Asset, LEDGER_ASSET } from "@/lib/domain/asset";
import { ProblemError } from "@/lib/errors";

/**
 * `waiting`: its transaction is not sent yet; `sent`; `confirmed`: in a block that is deep enough to rely on; `paid`: so deep that nobody looks
 * again; `failed`: it will not be paid, and comes back once that is certain; `returned`: it is back in the wallet.
 */
export type WithdrawalState = "waiting" | "sent" | "confirmed" | "paid" | "failed" | "returned";

/** A withdrawal of credit to the chain. */
export type Withdrawal = {
  id: string;
  state: WithdrawalState;
  /** What the wallet was debited, and what of the amount asked for is less than a unit of the token and stayed there; base units of the ledger. */
  asset: Asset;
  debited: bigint;
  left: bigint;
  /** What is paid, in base units of the token, and to whom. */
  token: Asset;
  amount: bigint;
  chainId: number;
  to: string;
  createdMs: bigint;
  /** It is paid before this moment or never; Unix ms. */
  untilMs: bigint;
  /** The transaction that counts, or the last one that was sent. */
  transaction: Hex | null;
  /** Why it does not go on, or failed. */
  trouble: string | null;
};

type Row = {
  id: string;
  payee: string;
  state: string;
  intent_state: string;
  error: string | null;
  hash: Hex | null;
  symbol: string;
  decimals: number;
} & Record<"amount" | "asked" | "debit" | "chain_id" | "created_ms" | "valid_before_ms", string>;

const SQL = `select w.id, w.payee, w.state, i.state as intent_state, i.error, a.symbol, a.decimals, w.amount, w.asked, w.debit, w.chain_id, w.created_ms,
    w.valid_before_ms, coalesce(w.settled_tx, i.tx_hash,
      (select hash from chain_attempt t where t.intent_id = i.id and t.purpose = 'effect' order by t.seq desc limit 1)) as hash
  from chain_withdrawal w join asset a on a.id = w.asset join chain_intent i on i.intent_key = w.intent_key`;

/** @returns null when there is none of that id, or it is somebody else's */
export async function findWithdrawal(
  { payee, id }: { payee: string; id: string },
  db: Queryable = pool(),
): Promise<Withdrawal | null> {
  const { rows } = await db.query<Row>(`${SQL} where w.id = $1 and w.payee = $2`, [id, payee.toLowerCase()]);
  return rows[0] ? toWithdrawal(rows[0]) : null;
}

/** @throws ProblemError `not-found` */
export async function getWithdrawal(of: { payee: string; id: string }): Promise<Withdrawal> {
  const withdrawal = await findWithdrawal(of);
  if (!withdrawal) throw new ProblemError("not-found", "There is nothing at this address.");
  return withdrawal;
}

/** Newest first. */
export async function listWithdrawals(
  { payee, limit }: { payee: string; limit: number },
  db: Queryable = pool(),
): Promise<Withdrawal[]> {
  const { rows } = await db.query<Row>(
    `${SQL} where w.payee = $1 order by w.created_ms desc, w.id desc limit $2`,
    [payee.toLowerCase(), limit],
  );
  return rows.map(toWithdrawal);
}

function toWithdrawal(row: Row): Withdrawal {
  const { id, payee, hash, symbol, decimals, amount, asked, debit, chain_id, created_ms, valid_before_ms } =
    row;
  const state = stateOf(row);
  const ended = state === "paid" || state === "confirmed";
  return {
    ...{ id, state, asset: LEDGER_ASSET, token: { symbol, decimals }, transaction: hash },
    ...{ debited: BigInt(debit), left: BigInt(asked) - BigInt(debit), amount: BigInt(amount) },
    ...{ chainId: Number(chain_id), to: getAddress(payee), trouble: ended ? null : row.error },
    ...{ createdMs: BigInt(created_ms), untilMs: BigInt(valid_before_ms) },
  };
}

function stateOf({ state, intent_state }: Row): WithdrawalState {
  if (state === "paid" || state === "returned") return state;
  switch (intent_state) {
    case "submitted":
      return "sent";
    case "confirmed":
    case "final":
      return "confirmed";
    case "failed":
      return "failed";
    default:
      return "waiting";
  }
}
