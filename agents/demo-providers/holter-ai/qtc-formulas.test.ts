// What holds for all four corrections. The figures of each stand in its own test.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { qtcBazett } from "./qtc-bazett";
import { qtcFramingham } from "./qtc-framingham";
import { qtcFridericia } from "./qtc-fridericia";
import { qtcHodges } from "./qtc-hodges";
import { TOLERANCE_MS } from "./qtc-references";

const formulas = [
  { name: "Bazett", correct: qtcBazett },
  { name: "Fridericia", correct: qtcFridericia },
  { name: "Framingham", correct: qtcFramingham },
  { name: "Hodges", correct: qtcHodges },
];

describe.each(formulas)("$name", ({ name, correct }) => {
  test("at 60 beats a minute it changes nothing; faster it lengthens and slower it shortens", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 150, max: 800 }),
        fc.integer({ min: 240, max: 999 }),
        fc.integer({ min: 1001, max: 3000 }),
        (qtMs, fast, slow) => {
          expect(correct(qtMs, 1000)).toBe(qtMs);
          expect(correct(qtMs, fast)).toBeGreaterThan(qtMs);
          expect(correct(qtMs, slow)).toBeLessThan(qtMs);
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
    expect(() => correct(qtMs, rrMs)).toThrow(RangeError);
  });

  test("at 112 beats a minute it is none of the others, by more than the references' tolerance", () => {
    for (const other of formulas.filter((each) => each.name !== name))
      expect(Math.abs(correct(334, 60_000 / 112) - other.correct(334, 60_000 / 112))).toBeGreaterThan(
        10 * TOLERANCE_MS,
      );
  });
});
