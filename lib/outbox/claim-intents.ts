import "server-only";
import type { Address, Hex } from "viem";
import type { Attempt, ExpectedLog, Intent, IntentState } from "./intent";
import { type Lane, laneAddress } from "./lane";

type Row = {
  id: string;
  intent_key: string;
  kind: string;
  to_address: Address;
  data: Hex;
  value: string;
  target: string;
  expected: ExpectedLog | null;
  max_tries: number;
  deadline_ms: string | null;
  state: IntentState;
  version: string;
  tries: number;
  nonce: string | null;
  gas_limit: string | null;
  signed_ms: string | null;
  sent_ms: string | null;
  tx_hash: Hex | null;
  now_ms: string;
};

/**
 * Takes what is due for this server alone: others skip it until the lease ends. Sent ones by number, so that the one that holds up the
 * others comes first; pending ones in the order of their writing, without those of targets that are left alone.
 */
export async function claimIntents(lane: Lane, which: "pending" | "sent", limit: number): Promise<Intent[]> {
  const states = which === "pending" ? ["pending"] : ["signed", "submitted", "confirmed"];
  const { rows } = await lane.db.query<Row>({
    text: `with due as (
        select i.id from chain_intent i
        where i.chain_id = $1 and i.signer = $2 and i.state = any ($3) and i.due_ms <= clock_ms()
          and (i.state <> 'pending' or i.deadline_ms <= clock_ms() or not exists (
            select 1 from chain_target t where t.chain_id = i.chain_id and t.target = i.target and t.quarantined_until_ms > clock_ms()))
        order by i.nonce, i.id limit $4 for update of i skip locked)
      update chain_intent i set version = i.version + 1, due_ms = clock_ms() + $5 from due where i.id = due.id
      returning i.*, clock_ms() as now_ms`,
    values: [lane.network.chainId, laneAddress(lane), states, limit, lane.patience.leaseMs],
  });
  return rows
    .map(toIntent)
    .sort((a, b) => (a.nonce ?? 0) - (b.nonce ?? 0) || Number(BigInt(a.id) - BigInt(b.id)));
}

/** Newest first. */
export async function listAttempts({ db }: Pick<Lane, "db">, intent: Pick<Intent, "id">): Promise<Attempt[]> {
  const { rows } = await db.query<{
    seq: number;
    purpose: Attempt["purpose"];
    hash: Hex;
    raw: Hex;
    max_fee: string;
    tip: string;
    signed_ms: string;
  }>("select * from chain_attempt where intent_id = $1 order by seq desc", [intent.id]);
  return rows.map(({ max_fee, tip, signed_ms, ...attempt }) => ({
    ...attempt,
    maxFee: BigInt(max_fee),
    tip: BigInt(tip),
    signedMs: BigInt(signed_ms),
  }));
}

function toIntent(row: Row): Intent {
  const big = (value: string | null) => (value === null ? null : BigInt(value));
  return {
    ...{ id: row.id, key: row.intent_key, kind: row.kind, to: row.to_address, data: row.data },
    ...{ value: BigInt(row.value), target: row.target, expected: row.expected, maxTries: row.max_tries },
    ...{ state: row.state, tries: row.tries, txHash: row.tx_hash, nowMs: BigInt(row.now_ms) },
    version: BigInt(row.version),
    nonce: row.nonce === null ? null : Number(row.nonce),
    deadlineMs: big(row.deadline_ms),
    gasLimit: big(row.gas_limit),
    signedMs: big(row.signed_ms),
    sentMs: big(row.sent_ms),
  };
}
