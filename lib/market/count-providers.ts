import "server-only";
import { nowMs } from "@/lib/clock";
import { pool } from "@/lib/db/pool";

/** How old the count may be. It is the only total without a counter of the ledger behind it. */
const CACHE_MS = 2_000n;

type Cached = { count: Promise<number>; untilMs: bigint };
const shared = globalThis as typeof globalThis & { superstreamProviderCount?: Cached };

/** How many providers are registered, counted at most every 2 s in a process whatever the traffic. */
export function countProviders(): Promise<number> {
  const cached = shared.superstreamProviderCount;
  if (cached && cached.untilMs > nowMs()) return cached.count;
  const count = readCount();
  shared.superstreamProviderCount = { count, untilMs: nowMs() + CACHE_MS };
  count.catch(forgetProviderCount);
  return count;
}

/** Lets this process see a new provider at once. */
export function forgetProviderCount(): void {
  delete shared.superstreamProviderCount;
}

async function readCount(): Promise<number> {
  const { rows } = await pool().query<{ count: number }>("select count(*)::int as count from provider");
  return rows[0]?.count ?? 0;
}
