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

// medcalc.com/qtc.html to whole ms, recorded in the same tests.
test.each([
  [318, 1345, 274],
  [451, 878, 481],
  [333, 451, 496],
])("given QT %i and RR %i, it is %i within 0.5 ms", (qtMs, rrMs, reference) => {
  expect(Math.abs(qtcBazett(qtMs, rrMs) - reference)).toBeLessThanOrEqual(0.5);
});
