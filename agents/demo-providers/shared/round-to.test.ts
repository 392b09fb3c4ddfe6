import { expect, test } from "vitest";
import { roundTo } from "./round-to";

test.each([
  [1.005, 2, 1.01],
  [-1.005, 2, -1.01],
  [2.675, 2, 2.68],
  [0.1 + 0.2, 6, 0.3],
  [4.564_9, 2, 4.56],
  [-0.001, 2, 0],
  [450, 0, 450],
  [Number.NaN, 2, Number.NaN],
])("%d to %d decimals is %d", (value, digits, rounded) => {
  expect(Object.is(roundTo(value, digits), rounded)).toBe(true);
});
