import { Refusal } from "./refusal";

const WINDOW_MS = 60_000;

/**
 * Bounds how often one address, and all of them together, may ask without paying: each question is one that we ask the marketplace, which
 * answers only so many a minute, and the payers' come first. Calls that are paid never count.
 */
export function createUnpaidLimit(options: { perAddress: number; all: number; nowMs?: () => number }) {
  const { perAddress, all, nowMs = () => performance.now() } = options;
  let startedMs = nowMs();
  let total = 0;
  const counts = new Map<string, number>();

  function renew(): void {
    if (nowMs() - startedMs < WINDOW_MS) return;
    startedMs = nowMs();
    total = 0;
    counts.clear();
  }

  return {
    /** @throws Refusal `rate-limited`, with `Retry-After` */
    check(address: string): void {
      renew();
      if (total < all && (counts.get(address) ?? 0) < perAddress) return;
      const seconds = Math.max(1, Math.ceil((startedMs + WINDOW_MS - nowMs()) / 1_000));
      throw new Refusal("rate-limited", "Too many requests without a payment.", {
        headers: { "retry-after": String(seconds) },
      });
    },
    count(address: string): void {
      renew();
      total += 1;
      counts.set(address, (counts.get(address) ?? 0) + 1);
    },
  };
}

export type UnpaidLimit = ReturnType<typeof createUnpaidLimit>;
