import "server-only";
import { databaseConfigured } from "@/lib/env";
import { type ChainStatus, readChainStatus } from "./read-chain-status";
import { type Gauges, readGauges } from "./read-gauges";
import { watchInvariants } from "./watch-invariants";

type Answer = {
  /** Null when the database is not there, or took too long. */
  gauges: Gauges | null;
  /** Null without a chain too. */
  chain: ChainStatus | null;
  books: Awaited<ReturnType<typeof watchInvariants>>;
};

/**
 * What only the database can tell of the whole installation. Never throws: a database that is away is what operators look for.
 *
 * @param patienceMs longest wait for it, and, once after a start, for the first check of the books
 */
export async function askDatabase(patienceMs: number): Promise<Answer> {
  if (!databaseConfigured())
    return { gauges: null, chain: null, books: { latest: null, failure: "There is no database." } };
  const [gauges, chain, books] = await Promise.all([
    readGauges(patienceMs).catch(() => null),
    readChainStatus(patienceMs).catch(() => null),
    watchInvariants(patienceMs),
  ]);
  return { gauges, chain, books };
}
