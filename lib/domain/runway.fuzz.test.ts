import fc from "fast-check";
import { expect, test } from "vitest";
import { requiredDeposit } from "./deposit";
import { fraction } from "./fraction";
import { depletesMs, fundedUntilMs, runwayMs } from "./runway";

const runs = { numRuns: 10_000 };
const TIMEOUT_MS = 120_000;
const rates = fc.record({
  amount: fc.bigInt({ min: 1n, max: 10n ** 30n }),
  periodMs: fc.bigInt({ min: 1n, max: 10n ** 10n }),
});

test(
  "the last funded millisecond is paid for, and the next one is not",
  () => {
    const carried = fc.tuple(
      fc.bigInt({ min: 0n, max: 10n ** 30n }),
      fc.bigInt({ min: 1n, max: 10n ** 12n }),
    );
    fc.assert(
      fc.property(rates, carried, fc.bigInt({ min: 0n, max: 10n ** 30n }), (rate, [num, den], available) => {
        const startMs = 1_700_000_000_000n;
        const accruedAtStart = fraction(num, den);
        const funding = { accruedAtStart, rate, startMs, available };
        // num/den + amount × ms / period <= available, without a division.
        const paid = (ms: bigint) =>
          num * rate.periodMs + rate.amount * (ms - startMs) * den <= available * den * rate.periodMs;

        const lastMs = fundedUntilMs(funding);
        expect(depletesMs(funding)).toBe(lastMs + 1n);
        if (lastMs < startMs + 100_000_000_000_000n) expect(paid(lastMs + 1n)).toBe(false);
        expect(lastMs <= startMs + 100_000_000_000_000n).toBe(true);
        if (num <= available * den) expect(paid(lastMs)).toBe(true);
        else expect(lastMs).toBe(startMs - 1n);
        expect(runwayMs(funding, startMs)).toBe(lastMs < startMs ? 0n : lastMs - startMs);
      }),
      runs,
    );
  },
  TIMEOUT_MS,
);

test(
  "a required deposit covers its time, by less than one base unit",
  () => {
    fc.assert(
      fc.property(rates, fc.bigInt({ min: 1n, max: 10n ** 11n }), (rate, depositMs) => {
        const excess = requiredDeposit(rate, depositMs) * rate.periodMs - rate.amount * depositMs;
        expect(excess >= 0n && excess < rate.periodMs).toBe(true);
      }),
      runs,
    );
  },
  TIMEOUT_MS,
);
