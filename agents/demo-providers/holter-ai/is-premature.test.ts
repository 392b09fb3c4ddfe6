import { expect, test } from "vitest";
import { isPremature } from "./is-premature";

test.each([
  { rr: 639, before: [800, 800, 800, 800, 800], premature: true },
  { rr: 640, before: [800, 800, 800, 800, 800], premature: false }, // 20 % exactly
  { rr: 600, before: [1000, 600, 1000, 600, 1000], premature: true }, // bigeminy
  { rr: 1000, before: [600, 1000, 600, 1000, 600], premature: false },
  { rr: 500, before: [1000, 1000, 500, 500, 500], premature: false }, // a new rate, not an early beat
  { rr: 500, before: [1000, 1000, 1000, 500, 500], premature: true },
  { rr: 300, before: [800, 800, 800, 800], premature: false }, // too few to judge by
  { rr: 600, before: [2000, 2000, 700, 700, 700, 700, 700], premature: false }, // only the last five count
])("an interval of $rr after $before: $premature", ({ rr, before, premature }) => {
  expect(isPremature(rr, before)).toBe(premature);
});
