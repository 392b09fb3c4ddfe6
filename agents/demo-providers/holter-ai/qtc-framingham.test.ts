import fc from "fast-check";
import { expect, test } from "vitest";
import { qtcFramingham } from "./qtc-framingham";
import { qtcReferences, TOLERANCE_MS } from "./qtc-references";

test.each(qtcReferences)(
  "at $heartRateBpm beats/min and QT $qtMs, it is $framingham within 0.1 ms",
  (reference) => {
    const found = qtcFramingham(reference.qtMs, 60_000 / reference.heartRateBpm);
    expect(Math.abs(found - reference.framingham)).toBeLessThanOrEqual(TOLERANCE_MS);
  },
);

test("given 0.154 without its milliseconds, a reference is missed by far", () => {
  expect(Math.abs(334 + 0.154 * (1 - 60 / 112) - 405.5)).toBeGreaterThan(40);
});

test("at 60 beats a minute it changes nothing; faster it lengthens and slower it shortens", () => {
  const qt = fc.integer({ min: 150, max: 800 });
  fc.assert(
    fc.property(
      qt,
      fc.integer({ min: 240, max: 999 }),
      fc.integer({ min: 1001, max: 3000 }),
      (qtMs, fast, slow) => {
        expect(qtcFramingham(qtMs, 1000)).toBe(qtMs);
        expect(qtcFramingham(qtMs, fast)).toBeGreaterThan(qtMs);
        expect(qtcFramingham(qtMs, slow)).toBeLessThan(qtMs);
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
  expect(() => qtcFramingham(qtMs, rrMs)).toThrow(RangeError);
});
