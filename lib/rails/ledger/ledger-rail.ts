import "server-only";
import { z } from "zod";
import { pool } from "@/lib/db/pool";
import { largerOf } from "@/lib/domain/amount";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { requiredDeposit } from "@/lib/domain/deposit";
import { timeFor } from "@/lib/domain/rate";
import type { StreamStatus } from "@/lib/domain/stream-state";
import { ProblemError } from "@/lib/errors";
import { callLedger } from "@/lib/ledger/call-ledger";
import type { Rail, RailObservation } from "../rail";

/** Money in our own journal: prefunded wallets, the database's clock, no signature to open and no gas. */
export const ledgerRail: Rail = {
  id: "ledger",

  async quote({ rate, durationMs, leastMs, payer }) {
    const deposit = requiredDeposit(rate, largerOf(durationMs, leastMs));
    const token = payer && (await walletBalance(payer));
    return {
      rail: "ledger",
      chain: null,
      asset: { ...LEDGER_ASSET, id: LEDGER_ASSET.symbol },
      rate,
      deposit,
      runwayMs: timeFor(rate, deposit),
      gas: null,
      balances: token === null ? null : { token, underlying: null, coin: null },
      wrap: 0n,
      missing: token !== null && token < deposit ? { asset: LEDGER_ASSET, amount: deposit - token } : null,
      opening: { kind: "request" },
    };
  },

  observe,

  async change() {
    return { calls: [], allowance: null }; // A request of ours is all that it takes.
  },

  async closeAll() {
    return [];
  },

  async settle({ streamId, actor }) {
    const input = { streamId, actor: actor.toLowerCase() };
    await callLedger("close_stream", input, z.object({ streamId: z.string() }));
    return observe(streamId);
  },
};

/** Base units; 0 for an address that never had any. */
async function walletBalance(address: string): Promise<bigint> {
  const { rows } = await pool().query<{ balance: string }>({
    text: "select balance from account where id = $1",
    values: [`wallet:${address.toLowerCase()}`],
  });
  return BigInt(rows[0]?.balance ?? 0);
}

async function observe(streamId: string): Promise<RailObservation> {
  const { rows } = await pool().query({
    text: `select s.*, t.now_ms, least(stream_accrued(s, t.now_ms), stream_available(s)) as accrued
      from stream s cross join lateral (select greatest(s.last_ms, clock_ms()) as now_ms) t where s.id = $1`,
    values: [streamId],
  });
  const row = rows[0];
  if (!row) throw new ProblemError("stream-not-found", "Stream not found.");
  const nowMs = BigInt(row.now_ms);
  const depletesMs = row.depletes_ms === null ? null : BigInt(row.depletes_ms);
  return {
    rail: "ledger",
    streamId,
    status: depletesMs !== null && nowMs >= depletesMs ? "exhausted" : (row.status as StreamStatus),
    rate: { amount: BigInt(row.rate_amount), periodMs: BigInt(row.rate_period_ms) },
    startedMs: BigInt(row.opened_ms),
    fundedUntilMs: depletesMs === null ? null : depletesMs - 1n,
    funded: BigInt(row.funded),
    accrued: BigInt(row.accrued) + BigInt(row.used),
    paid: BigInt(row.billed),
    refunded: BigInt(row.refunded),
    asOf: { kind: "database", atMs: nowMs },
  };
}
