import "server-only";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { pool, type Queryable } from "@/lib/db/pool";
import { findOperatorAccount } from "./operator-account";
import type { SignerProblem } from "./signer";

/** How the server's own transactions stand, for operators. Times in milliseconds, gas in wei. */
export type OutboxGauges = {
  address: string;
  /** Written down and not signed yet; signed and not in a block that is deep enough. */
  pending: number;
  underWay: number;
  /** Of what has waited longest of these; 0 when nothing waits. */
  oldestAgeMs: number;
  /** How long the lowest number that is in no block has been given out: everything behind it waits. */
  nonceGapAgeMs: number;
  /** Of the last 24 hours. */
  failedDay: number;
  /** Since midnight UTC: what it took, and what that under way may take at most. */
  gasToday: bigint;
  /** Targets that are left alone at the moment. */
  quarantined: number;
  problem: SignerProblem | null;
  problemAgeMs: number;
};

type Row = Record<"pending" | "under_way" | "failed" | "quarantined", number> &
  Record<"oldest" | "gap" | "gas" | "problem_age", string> & { problem: SignerProblem | null };

const SQL = `
  with waiting as (select state, created_ms, signed_ms, nonce from chain_intent where chain_id = $1 and signer = $2 and state in ('pending', 'signed', 'submitted'))
  select count(*) filter (where state = 'pending')::int as pending, count(*) filter (where state <> 'pending')::int as under_way,
    coalesce(clock_ms() - min(created_ms), 0) as oldest,
    coalesce(clock_ms() - min(signed_ms) filter (where nonce = (select min(nonce) from waiting where state <> 'pending')), 0) as gap,
    (select count(*)::int from chain_intent where chain_id = $1 and signer = $2 and state = 'failed' and ended_ms > clock_ms() - 86400000) as failed,
    (select coalesce(sum(cost), 0) from chain_intent where chain_id = $1 and signer = $2 and signed_ms >= clock_ms() - clock_ms() % 86400000) as gas,
    (select count(*)::int from chain_target where chain_id = $1 and quarantined_until_ms > clock_ms()) as quarantined,
    (select problem from chain_signer where chain_id = $1 and address = $2) as problem,
    coalesce((select clock_ms() - problem_since_ms from chain_signer where chain_id = $1 and address = $2), 0) as problem_age
  from waiting`;

/** @returns null when this server sends no transactions */
export async function readOutbox(db: Queryable = pool()): Promise<OutboxGauges | null> {
  const account = findOperatorAccount();
  const configured = findConfiguredNetwork();
  if (!account || !configured) return null;
  return readLane(db, configured.network.chainId, account.address);
}

/** The same of one account on one chain. */
export async function readLane(db: Queryable, chainId: number, address: string): Promise<OutboxGauges> {
  const { rows } = await db.query<Row>(SQL, [chainId, address.toLowerCase()]);
  const [row] = rows;
  if (!row) throw new Error("The gauges of the outbox are one row.");
  return {
    address,
    pending: row.pending,
    underWay: row.under_way,
    oldestAgeMs: Number(row.oldest),
    nonceGapAgeMs: Number(row.gap),
    failedDay: row.failed,
    gasToday: BigInt(row.gas),
    quarantined: row.quarantined,
    problem: row.problem,
    problemAgeMs: Number(row.problem_age),
  };
}
