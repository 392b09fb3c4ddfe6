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

// The same tests: QT 456 at 77 beats a minute, and QT 369 at RR 600.
test.each([
  [456, 60_000 / 77, 495.5],
  [369, 600, 437.5],
])("given QT %i and RR %d, it is %d within 0.1 ms", (qtMs, rrMs, reference) => {
  expect(Math.abs(qtcFridericia(qtMs, rrMs) - reference)).toBeLessThanOrEqual(TOLERANCE_MS);
});
