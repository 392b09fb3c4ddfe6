import fc from "fast-check";
import { expect, test } from "vitest";
import { qtcBazett } from "./qtc-bazett";
import { qtcReferences, TOLERANCE_MS } from "./qtc-references";

test.each(qtcReferences)(
  "at $heartRateBpm beats/min and QT $qtMs, it is $bazett within 0.1 ms",
  (reference) => {
    const found = qtcBazett(reference.qtMs, 60_000 / reference.heartRateBpm);
    expect(Math.abs(found - reference.bazett)).toBeLessThanOrEqual(TOLERANCE_MS);
  },
);

test("given the cube root instead, a reference is missed by far", () => {
  expect(Math.abs(334 / Math.cbrt(60 / 112) - 456.3)).toBeGreaterThan(40);
});

// medcalc.com/qtc.html to whole ms, recorded in the same tests.
test.each([
  [318, 1345, 274],
  [451, 878, 481],
  [333, 451, 496],
])("given QT %i and RR %i, it is %i within 0.5 ms", (qtMs, rrMs, reference) => {
  expect(Math.abs(qtcBazett(qtMs, rrMs) - reference)).toBeLessThanOrEqual(0.5);
});

test("at 60 beats a minute it changes nothing; faster it lengthens and slower it shortens", () => {
  const qt = fc.integer({ min: 150, max: 800 });
  fc.assert(
    fc.property(
      qt,
      fc.integer({ min: 240, max: 999 }),
      fc.integer({ min: 1001, max: 3000 }),
      (qtMs, fast, slow) => {
        expect(qtcBazett(qtMs, 1000)).toBe(qtMs);
        expect(qtcBazett(qtMs, fast)).toBeGreaterThan(qtMs);
        expect(qtcBazett(qtMs, slow)).toBeLessThan(qtMs);
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
  expect(() => qtcBazett(qtMs, rrMs)).toThrow(RangeError);
});
