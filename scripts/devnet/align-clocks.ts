import type pg from "pg";
import { ledgerAheadMs, setLedgerAhead } from "./ledger-clock";

/** Beyond what rounding to whole seconds and a slow start explain. */
const TOLERANCE_SECONDS = 5n;

/**
 * Brings the ledger's clock after a chain that is further ahead: when a new ledger began beside an old chain, or a time travel
 * was cut off. The other way round the chain starts at the ledger's time.
 */
export async function alignLedger(db: pg.ClientBase, chainAheadSeconds: bigint): Promise<void> {
  const ledgerAheadSeconds = (await ledgerAheadMs(db)) / 1_000n;
  if (chainAheadSeconds > ledgerAheadSeconds + TOLERANCE_SECONDS)
    await setLedgerAhead(db, chainAheadSeconds * 1_000n);
}
