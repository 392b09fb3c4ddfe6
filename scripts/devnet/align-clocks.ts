import pg from "pg";
import { ledgerAheadMs, setLedgerAhead } from "./ledger-clock";

/** Beyond what rounding to whole seconds and a slow start explain. */
const TOLERANCE_SECONDS = 5n;

/** How far a ledger is ahead of the machine, in the chain's seconds. */
export async function ledgerAheadSeconds(url: string): Promise<bigint> {
  return (await connected(url, ledgerAheadMs)) / 1_000n;
}

/**
 * Brings the ledger's clock after a chain that is further ahead: after a new ledger began beside an old chain, or a time travel
 * that was cut off. The other way round the chain starts at the ledger's time.
 */
export async function alignLedger(url: string, chainAheadSeconds: bigint): Promise<void> {
  await connected(url, async (db) => {
    const ledger = (await ledgerAheadMs(db)) / 1_000n;
    if (chainAheadSeconds > ledger + TOLERANCE_SECONDS) await setLedgerAhead(db, chainAheadSeconds * 1_000n);
  });
}

async function connected<T>(url: string, work: (db: pg.Client) => Promise<T>): Promise<T> {
  const db = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
  await db.connect();
  try {
    return await work(db);
  } finally {
    await db.end();
  }
}
