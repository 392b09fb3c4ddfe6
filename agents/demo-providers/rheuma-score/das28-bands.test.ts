import { expect, test } from "vitest";
import { bandOf } from "../shared/band-of";
import { das28Bands } from "./das28-bands";

// Fransen and van Riel 2005: < 2.6, ≤ 3.2, ≤ 5.1, > 5.1.
test.each([
  [0, "remission"],
  [2.599_99, "remission"],
  [2.6, "low"],
  [3.2, "low"],
  [3.200_01, "moderate"],
  [5.1, "moderate"],
  [5.100_01, "high"],
  [9.07, "high"],
])("a DAS28 of %d is %s", (score, band) => {
  expect(bandOf(score, das28Bands).code).toBe(band);
});
