import type pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { scratchDatabase } from "./scratch-database";
import { type SimulatedLedger, simulatedLedger } from "./simulated-ledger";

/**
 * A migrated database for the tests of one file, gone after them. `simulated` runs one test inside a transaction whose
 * clock is set by hand, and undoes it.
 */
export function ledgerForFile(clients?: number) {
  let scratch: Awaited<ReturnType<typeof scratchDatabase>>;
  beforeAll(async () => {
    scratch = await scratchDatabase(clients);
  });
  afterAll(() => scratch.stop());
  return {
    get db(): pg.Pool {
      return scratch.db;
    },
    simulated: <T>(work: (ledger: SimulatedLedger) => Promise<T>) => simulatedLedger(work, scratch.db),
  };
}
