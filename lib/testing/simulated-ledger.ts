import type pg from "pg";
import type { Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";

/** The whole ledger inside one transaction that is always rolled back, with a clock that stands until it is set. */
export type SimulatedLedger = {
  db: Queryable;
  /** Sets the ledger's clock, in milliseconds since the epoch. */
  at(nowMs: bigint): Promise<void>;
  /** Runs what must be refused, undoes it as the database would, and gives the refusal. */
  refusal(run: () => Promise<unknown>): Promise<ProblemError>;
};

/** 2026-11-20T00:00:00Z: a UTC day begins. */
export const DAY_BEGIN_MS = 1_795_132_800_000n;

export async function simulatedLedger<T>(
  work: (ledger: SimulatedLedger) => Promise<T>,
  clients: pg.Pool,
): Promise<T> {
  const db = await clients.connect();
  try {
    await db.query("begin");
    const at = async (nowMs: bigint) => {
      await db.query("select set_config('superstream.now_ms', $1, true)", [`${nowMs}`]);
    };
    await at(DAY_BEGIN_MS);
    return await work({ db, at, refusal: (run) => refusalOf(db, run) });
  } finally {
    await db.query("rollback");
    db.release();
  }
}

async function refusalOf(db: Queryable, run: () => Promise<unknown>): Promise<ProblemError> {
  await db.query("savepoint refusal");
  try {
    await run();
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    await db.query("rollback to savepoint refusal");
    return error;
  }
  throw new Error("It was not refused.");
}
