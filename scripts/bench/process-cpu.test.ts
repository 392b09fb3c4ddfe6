import { describe, expect, test } from "vitest";
import { parseStat } from "./process-cpu";

describe("parseStat", () => {
  test("given a name with spaces and brackets, the fields behind it are found", () => {
    const line =
      "4242 (postgres: io (1)) S 17 4242 4242 0 -1 4194368 100 200 0 0 1234 567 89 10 20 0 1 0 5000 1000000 300 1";
    expect(parseStat(line)).toEqual({ parent: 17, ticks: 1801, endedChildrenTicks: 99 });
  });
});
