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
