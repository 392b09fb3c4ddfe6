import { describe, expect, test } from "vitest";
import { axisUnit, simTime } from "./sim-time";

const HOUR = 3_600_000;

describe("simTime", () => {
  test.each([
    { atMs: 0, lengthMs: 24 * HOUR, text: "00:00:00" },
    { atMs: 15_300_000, lengthMs: 24 * HOUR, text: "04:15:00" },
    { atMs: 24 * HOUR, lengthMs: 24 * HOUR, text: "24:00:00" },
    { atMs: 24 * HOUR, lengthMs: 48 * HOUR, text: "day 2, 00:00:00" },
    { atMs: 76 * HOUR + 61_500, lengthMs: 100 * HOUR, text: "day 4, 04:01:01" },
  ])("given $atMs of $lengthMs ms, it is $text", ({ atMs, lengthMs, text }) => {
    expect(simTime(atMs, lengthMs)).toBe(text);
  });
});

test.each([
  { lengthMs: HOUR, name: "min" },
  { lengthMs: 24 * HOUR, name: "h" },
  { lengthMs: 31 * 24 * HOUR, name: "d" },
])("the axis of $lengthMs ms counts in $name", ({ lengthMs, name }) => {
  expect(axisUnit(lengthMs).name).toBe(name);
});
