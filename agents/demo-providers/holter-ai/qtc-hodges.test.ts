import fc from "fast-check";
import { expect, test } from "vitest";
import { qtcHodges } from "./qtc-hodges";
import { qtcReferences, TOLERANCE_MS } from "./qtc-references";

test.each(qtcReferences)(
  "at $heartRateBpm beats/min and QT $qtMs, it is $hodges within 0.1 ms",
  (reference) => {
    const found = qtcHodges(reference.qtMs, 60_000 / reference.heartRateBpm);
    expect(Math.abs(found - reference.hodges)).toBeLessThanOrEqual(TOLERANCE_MS);
  },
);

test("given the slope of 1.57 instead of 1.75, a reference is missed", () => {
  expect(Math.abs(334 + 1.57 * (112 - 60) - 425)).toBeGreaterThan(5);
});

test("at 60 beats a minute it changes nothing; faster it lengthens and slower it shortens", () => {
  const qt = fc.integer({ min: 150, max: 800 });
  fc.assert(
    fc.property(
      qt,
      fc.integer({ min: 240, max: 999 }),
      fc.integer({ min: 1001, max: 3000 }),
      (qtMs, fast, slow) => {
        expect(qtcHodges(qtMs, 1000)).toBe(qtMs);
        expect(qtcHodges(qtMs, fast)).toBeGreaterThan(qtMs);
        expect(qtcHodges(qtMs, slow)).toBeLessThan(qtMs);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([
  [0, 800],
  [400, 0],
  [400, -800],
  [Number.NaN, 800],
])("given QT %d and RR %d, it throws", (qtMs, rrMs) => {
  expect(() => qtcHodges(qtMs, rrMs)).toThrow(RangeError);
});
