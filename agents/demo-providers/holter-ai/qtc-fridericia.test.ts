import fc from "fast-check";
import { expect, test } from "vitest";
import { qtcFridericia } from "./qtc-fridericia";
import { qtcReferences, TOLERANCE_MS } from "./qtc-references";

test.each(qtcReferences)(
  "at $heartRateBpm beats/min and QT $qtMs, it is $fridericia within 0.1 ms",
  (reference) => {
    const found = qtcFridericia(reference.qtMs, 60_000 / reference.heartRateBpm);
    expect(Math.abs(found - reference.fridericia)).toBeLessThanOrEqual(TOLERANCE_MS);
  },
);

test("given the square root instead, a reference is missed by far", () => {
  expect(Math.abs(334 / Math.sqrt(60 / 112) - 411.2)).toBeGreaterThan(40);
});

// The same tests: QT 456 at 77 beats a minute, and QT 369 at RR 600.
test.each([
  [456, 60_000 / 77, 495.5],
  [369, 600, 437.5],
])("given QT %i and RR %d, it is %d within 0.1 ms", (qtMs, rrMs, reference) => {
  expect(Math.abs(qtcFridericia(qtMs, rrMs) - reference)).toBeLessThanOrEqual(TOLERANCE_MS);
});

test("at 60 beats a minute it changes nothing; faster it lengthens and slower it shortens", () => {
  const qt = fc.integer({ min: 150, max: 800 });
  fc.assert(
    fc.property(
      qt,
      fc.integer({ min: 240, max: 999 }),
      fc.integer({ min: 1001, max: 3000 }),
      (qtMs, fast, slow) => {
        expect(qtcFridericia(qtMs, 1000)).toBe(qtMs);
        expect(qtcFridericia(qtMs, fast)).toBeGreaterThan(qtMs);
        expect(qtcFridericia(qtMs, slow)).toBeLessThan(qtMs);
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
  expect(() => qtcFridericia(qtMs, rrMs)).toThrow(RangeError);
});
