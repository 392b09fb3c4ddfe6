import type pg from "pg";

/** Stands in the body of `clock_ms()` once time has been moved, and nowhere else. */
const AHEAD = /\+ (\d+) \/\* devnet:time \*\//;

/**
 * How far the ledger's clock is ahead of the database machine's, milliseconds. Zero wherever `devnet:time` was never used.
 */
export async function ledgerAheadMs(db: pg.ClientBase): Promise<bigint> {
  const { rows } = await db.query("SELECT prosrc FROM pg_proc WHERE oid = 'clock_ms()'::regprocedure");
  return BigInt(AHEAD.exec(rows[0].prosrc)?.[1] ?? 0);
}

/**
 * Sets how far the ledger's clock is ahead. It replaces the function of the first migrations by the same one with a constant
 * in it: all money functions follow at once, in every process, and nothing is slower on a ledger that was never moved.
 *
 * @throws Error when the clock would go back: streams refuse that too
 */
export async function setLedgerAhead(db: pg.ClientBase, aheadMs: bigint): Promise<void> {
  const before = await ledgerAheadMs(db);
  if (aheadMs < before)
    throw new Error(`The ledger's clock cannot go back, from ${before} to ${aheadMs} ms ahead.`);
  await db.query(`CREATE OR REPLACE FUNCTION clock_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(nullif(current_setting('superstream.now_ms', true), '')::bigint,
                  floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint + ${aheadMs} /* devnet:time */)
$$`);
}
