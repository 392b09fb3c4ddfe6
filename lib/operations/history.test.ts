import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DOOR_ENDPOINT } from "@/lib/metrics/door-endpoint";
import { metrics } from "@/lib/metrics/metrics";
import { quantileMs, readHistory, startHistory } from "./history";

describe("quantileMs", () => {
  /** Counts in the buckets up to 1, 2.5, 5, 10, 25 … ms. */
  test.each([
    ["nothing", [], 0.5, null],
    ["ten within a millisecond", [10], 0.5, 0.5],
    ["all between 5 and 10 ms", [0, 0, 0, 4], 0.5, 7.5],
    ["one in a hundred slow", [99, 0, 0, 0, 0, 0, 0, 0, 0, 1], 0.99, 1],
    ["two in a hundred slow", [98, 0, 0, 0, 0, 0, 0, 0, 0, 2], 0.99, 750],
    ["more than the last bound", [...Array.from({ length: 14 }, () => 0), 3], 0.5, 30_000],
  ] as const)("given %s, it is spread evenly within its bucket", (_given, counts, q, expected) => {
    expect(quantileMs(counts, q)).toBe(expected);
  });
});

describe("readHistory", () => {
  let stop: () => Promise<void>;
  beforeEach(() => {
    vi.useFakeTimers({ now: 1_000_000 });
    stop = startHistory();
  });
  afterEach(async () => {
    await stop();
    vi.useRealTimers();
  });

  test("given calls, failures and probes, each step has its calls and our failures, without the probes", () => {
    const { responses, errors, durations } = metrics();
    responses.of("/api/v1/providers", "GET", "200").n += 3;
    responses.of("/api/ready", "GET", "503").n += 7;
    responses.of("/status", "GET", "200").n += 7;
    vi.advanceTimersByTime(10_000);
    responses.of(DOOR_ENDPOINT, "POST", "500").n += 2;
    responses.of(DOOR_ENDPOINT, "POST", "402").n += 1;
    responses.of(DOOR_ENDPOINT, "POST", "502").n += 4;
    errors.of(DOOR_ENDPOINT, "POST", "upstream-failed").n += 4;
    for (let n = 0; n < 100; n += 1) durations.of(DOOR_ENDPOINT, "POST").observe(0.004);
    vi.advanceTimersByTime(4_000);
    const { points, p50Ms, p99Ms } = readHistory();
    expect(points).toEqual([
      { atMs: 1_010_000, requests: 3, errors: 0 },
      { atMs: 1_014_000, requests: 7, errors: 2 },
    ]);
    expect(p50Ms).toBe(3.75);
    expect(p99Ms).toBeCloseTo(4.975, 6);
  });

  test("given an hour, ten minutes are remembered", () => {
    vi.advanceTimersByTime(3_600_000);
    const { points, p99Ms } = readHistory();
    expect(points).toHaveLength(61);
    expect(points[0]?.atMs).toBe(1_000_000 + 3_600_000 - 590_000);
    expect(p99Ms).toBeNull();
  });
});
