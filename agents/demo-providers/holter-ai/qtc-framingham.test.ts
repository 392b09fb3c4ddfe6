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
