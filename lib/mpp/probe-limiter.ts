import "server-only";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { ProblemError } from "@/lib/errors";

/**
 * Limits what one address may ask without paying: each challenge costs us an HMAC, each credential that fails an ECDSA. Calls
 * that a stream pays for never count, and nothing here touches a payer's own limit, which is the ledger's.
 *
 * It counts in this process: N replicas allow N times as much, which only bounds work, never money.
 */
export function createProbeLimiter(options: { perMinute: number }) {
  const limiter = new RateLimiterMemory({ points: options.perMinute, duration: 60 });

  /** @throws ProblemError `rate-limited` with `retryAfterSeconds` */
  async function spend(clientIp: string): Promise<void> {
    try {
      await limiter.consume(clientIp);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw tooMany(refusal);
    }
  }

  /** For work that only a payer should cause: refused while the address has none left. @throws as `spend` */
  async function check(clientIp: string): Promise<void> {
    const spent = await limiter.get(clientIp);
    if (spent && spent.consumedPoints > options.perMinute) throw tooMany(spent);
  }

  return { spend, check };
}

function tooMany({ msBeforeNext }: RateLimiterRes): ProblemError {
  return new ProblemError("rate-limited", "Too many unpaid requests from your address.", {
    extensions: { retryAfterSeconds: Math.max(1, Math.ceil(msBeforeNext / 1000)) },
  });
}

export type ProbeLimiter = ReturnType<typeof createProbeLimiter>;
