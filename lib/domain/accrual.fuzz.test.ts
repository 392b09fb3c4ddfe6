import fc from "fast-check";
import { expect, test } from "vitest";
import { accrued, accruedExact } from "./accrual";
import { compareFractions } from "./fraction";
import { PERIODS_MS, type Rate } from "./rate";
import type { Segment } from "./segment";

const runs = { numRuns: 10_000 };
const TIMEOUT_MS = 120_000;

const rates = fc.record({
  amount: fc.bigInt({ min: 1n, max: 10n ** 30n }),
  periodMs: fc.oneof(
    fc.constantFrom(...Object.values(PERIODS_MS)),
    fc.bigInt({ min: 1n, max: 10n ** 10n }), // 7 s and other periods that no market quotes
  ),
});
const moments = fc.bigInt({ min: 0n, max: 4_000_000_000_000n });

test(
  "any partition of a period bills the same total, by differences of the cumulative floor",
  () => {
    fc.assert(
      fc.property(rates, fc.array(moments, { minLength: 2, maxLength: 12 }), (rate, cuts) => {
        const times = sorted(cuts);
        const start = times[0] ?? 0n;
        const whole = accrued([segment(rate, start, null)], times.at(-1) ?? 0n);

        let billed = 0n;
        const pieces: Segment[] = [];
        for (const [index, endMs] of times.slice(1).entries()) {
          pieces.push(segment(rate, times[index] ?? 0n, endMs));
          const due = accrued(pieces, endMs) - billed;
          expect(due >= 0n).toBe(true);
          billed += due;
        }
        expect(billed).toBe(whole);
      }),
      runs,
    );
  },
  TIMEOUT_MS,
);

test(
  "the order of segments does not matter for the sum, and one floor is all the rounding there is",
  () => {
    const stretches = fc.array(fc.tuple(rates, moments, moments), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(
        stretches.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
        ),
        ([list, shuffled]) => {
          const atMs = 5_000_000_000_000n;
          const sum = accruedExact(list.map(toSegment), atMs);
          expect(accruedExact(shuffled.map(toSegment), atMs)).toEqual(sum);

          // The same sum over one common denominator, without a single reduction.
          const common = list.reduce((product, [rate]) => product * rate.periodMs, 1n);
          const numerator = list.reduce((total, [rate, a, b]) => {
            const elapsed = a < b ? b - a : a - b;
            return total + rate.amount * elapsed * (common / rate.periodMs);
          }, 0n);
          expect(accrued(list.map(toSegment), atMs)).toBe(numerator / common);
        },
      ),
      runs,
    );
  },
  TIMEOUT_MS,
);

test(
  "accrual is monotone, zero before the start and still after the end",
  () => {
    fc.assert(
      fc.property(rates, moments, moments, moments, moments, (rate, a, b, c, d) => {
        const [startMs, endMs] = sorted([a, b]) as [bigint, bigint];
        const [earlier, later] = sorted([c, d]) as [bigint, bigint];
        const flow = [segment(rate, startMs, endMs)];
        expect(compareFractions(accruedExact(flow, earlier), accruedExact(flow, later))).toBeLessThanOrEqual(
          0,
        );
        expect(accrued(flow, startMs - 1n)).toBe(0n);
        expect(accrued(flow, endMs + later)).toBe(accrued(flow, endMs));
      }),
      runs,
    );
  },
  TIMEOUT_MS,
);

function segment(rate: Rate, startMs: bigint, endMs: bigint | null): Segment {
  return { rate, startMs, endMs, startCause: "open", endCause: endMs === null ? null : "rate" };
}

function toSegment([rate, a, b]: readonly [Rate, bigint, bigint]): Segment {
  return a < b ? segment(rate, a, b) : segment(rate, b, a);
}

function sorted(values: readonly bigint[]): bigint[] {
  return [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
