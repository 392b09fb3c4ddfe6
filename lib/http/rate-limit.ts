import "server-only";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";

/** Calls a minute and caller. These protect the machine; limits that are sold are counted in the ledger. */
const PER_MINUTE = { read: 1200, write: 300, signIn: 60, simulation: 30, relay: 20, verify: 6000 } as const;
/** On a devnet every caller is the same machine. */
const DEVNET_FACTOR = 10;

export type RateClass = keyof typeof PER_MINUTE;

const shared = globalThis as typeof globalThis & {
  superstreamRateLimiters?: Partial<Record<RateClass, RateLimiterMemory>>;
};

/**
 * Counts one call of a caller.
 *
 * @param caller `account:0x…` when somebody is signed in, `ip:…` otherwise
 * @throws ProblemError `rate-limited` with `retryAfterSeconds`
 */
export async function limitRate(rateClass: RateClass, caller: string): Promise<void> {
  try {
    await limiterOf(rateClass).consume(caller);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw tooMany(rateClass, refused);
  }
}

/**
 * Refuses a caller whose count is full already, without counting: before anything that costs a look into the database.
 *
 * @throws ProblemError `rate-limited`
 */
export async function refuseFullCount(rateClass: RateClass, caller: string): Promise<void> {
  const count = await limiterOf(rateClass).get(caller);
  if (count !== null && count.remainingPoints <= 0) throw tooMany(rateClass, count);
}

/** Forgets every count. For tests. */
export function forgetRateCounts(): void {
  delete shared.superstreamRateLimiters;
}

function tooMany(rateClass: RateClass, { msBeforeNext }: RateLimiterRes): ProblemError {
  const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new ProblemError("rate-limited", `Too many calls: try again in ${retryAfterSeconds} s.`, {
    extensions: { retryAfterSeconds, limitPerMinute: PER_MINUTE[rateClass] * factor() },
  });
}

function limiterOf(rateClass: RateClass): RateLimiterMemory {
  shared.superstreamRateLimiters ??= {};
  shared.superstreamRateLimiters[rateClass] ??= new RateLimiterMemory({
    points: PER_MINUTE[rateClass] * factor(),
    duration: 60,
  });
  return shared.superstreamRateLimiters[rateClass];
}

function factor(): number {
  return env.NETWORK === "devnet" ? DEVNET_FACTOR : 1;
}
