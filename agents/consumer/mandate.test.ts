import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextDeposit, type Offer, rankOffers, ratePerDayOf, spentBy } from "./mandate";

const offer = (providerId: string, change: Partial<Offer> = {}): Offer => ({
  ...{ providerId, name: providerId, owner: `0x${"11".repeat(20)}`, model: null, tier: "basic" },
  service: { slug: "inference", method: "POST", path: `/api/p/${providerId}/inference` },
  ...{ ratePerDay: 100n, requiredDeposit: 0n, health: "up", latencyMs: 20 },
  ...change,
});
const order = (offers: Offer[], limits: { maxRatePerDay: bigint; maxLatencyMs?: number }) =>
  rankOffers(offers, limits).map(({ providerId }) => providerId);

describe("whom to ask", () => {
  test("the cheapest that is well comes first, then those unknown, then those in trouble; of one price the quickest", () => {
    const offers = [
      offer("dear", { ratePerDay: 300n }),
      offer("slow", { latencyMs: 90 }),
      offer("quick", { latencyMs: 10 }),
      offer("new", { ratePerDay: 1n, health: "unknown", latencyMs: null }),
      offer("shaky", { ratePerDay: 1n, health: "degraded" }),
    ];
    expect(order(offers, { maxRatePerDay: 1_000n })).toEqual(["quick", "slow", "dear", "new", "shaky"]);
  });

  test("who is down, above the price, or slower than allowed is not asked", () => {
    const offers = [
      offer("down", { health: "down" }),
      offer("dear", { ratePerDay: 101n }),
      offer("at-the-price", { ratePerDay: 100n }),
      offer("slow", { latencyMs: 51 }),
      offer("unmeasured", { latencyMs: null }),
      offer("just-quick-enough", { latencyMs: 50, ratePerDay: 99n }),
    ];
    const limits = { maxRatePerDay: 100n, maxLatencyMs: 50 };
    expect(order(offers, limits)).toEqual(["just-quick-enough", "at-the-price"]);
  });
});

describe("the budget", () => {
  test("a session's flow is locked, rounded up, or what is left", () => {
    const mandate = { budget: 10n, sessionMs: 60_000 };
    const at = (ratePerDay: bigint) => ({ ratePerDay, requiredDeposit: 0n });
    // 1,441 a day is 1.0007 a minute.
    expect(nextDeposit(mandate, at(1_441n), [])).toBe(2n);
    expect(nextDeposit(mandate, at(1_440n), [])).toBe(1n);
    expect(nextDeposit(mandate, at(144_000n), [])).toBe(10n);
    expect(nextDeposit(mandate, at(144_000n), [{ deposit: 10n, paid: 3n }])).toBe(7n);
    expect(nextDeposit(mandate, at(1n), [{ deposit: 10n, paid: 10n }])).toBeNull();
  });

  test("a provider gets the deposit that it asks for, or is left out", () => {
    const mandate = { budget: 10n, sessionMs: 60_000 };
    expect(nextDeposit(mandate, { ratePerDay: 1_440n, requiredDeposit: 4n }, [])).toBe(4n);
    expect(nextDeposit(mandate, { ratePerDay: 1_440n, requiredDeposit: 10n }, [])).toBe(10n);
    expect(nextDeposit(mandate, { ratePerDay: 1_440n, requiredDeposit: 11n }, [])).toBeNull();
  });

  test("what is not settled counts with its whole deposit", () => {
    expect(
      spentBy([
        { deposit: 10n, paid: 3n },
        { deposit: 7n, paid: null },
      ]),
    ).toBe(10n);
  });

  test("whatever becomes of the segments, no more than the budget can be gone", () => {
    const segment = fc.record({
      ratePerDay: fc.bigInt({ min: 1n, max: 10n ** 24n }),
      requiredDeposit: fc.bigInt({ min: 0n, max: 10n ** 22n }),
      known: fc.boolean(),
      share: fc.nat(100),
    });
    const budgets = fc.bigInt({ min: 0n, max: 10n ** 22n });
    fc.assert(
      fc.property(
        budgets,
        fc.integer({ min: 1, max: 86_400_000 }),
        fc.array(segment),
        (budget, sessionMs, tried) => {
          const segments: { deposit: bigint; paid: bigint | null }[] = [];
          for (const { known, share, ...offer } of tried) {
            const deposit = nextDeposit({ budget, sessionMs }, offer, segments);
            if (deposit === null) continue;
            // While it runs, all of it may be gone.
            expect(spentBy(segments) + deposit <= budget).toBe(true);
            segments.push({ deposit, paid: known ? (deposit * BigInt(share)) / 100n : null });
          }
        },
      ),
    );
  });

  test("a price for a second is a price for a day", () => {
    expect(ratePerDayOf(100_000_000_000_000n)).toBe(8_640_000_000_000_000_000n);
  });
});
