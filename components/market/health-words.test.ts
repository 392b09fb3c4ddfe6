import { describe, expect, test } from "vitest";
import type { HealthHour } from "@/lib/market/provider-health-view";
import { describeHours, explainHealth, formatLatency, formatShare } from "./health-words";

describe("formatShare", () => {
  test.each([
    [1, "100%"],
    [0.99999, "99.99%"],
    [0.9993, "99.93%"],
    [0.99, "99.00%"],
    [0.98999, "98.9%"],
    [0.57, "57.0%"],
    [0.001, "0.1%"],
    [0, "0.0%"],
  ])("given %s, it says %s: never more than there was", (share, text) => {
    expect(formatShare(share)).toBe(text);
  });
});

describe("formatLatency", () => {
  test.each([
    [1, "1 ms"],
    [999, "999 ms"],
    [1_000, "1.0 s"],
    [12_345, "12.3 s"],
  ])("given %s ms, it says %s", (ms, text) => {
    expect(formatLatency(ms)).toBe(text);
  });
});

describe("explainHealth", () => {
  test("given failures, it counts them", () => {
    expect(explainHealth({ reason: "probe-failed", failures: 1 })).toBe("The last check failed.");
    expect(explainHealth({ reason: "probe-failed", failures: 2 })).toBe("The last 2 checks failed.");
    expect(explainHealth({ reason: "probes-failed", failures: 7 })).toBe(
      "The last 7 checks failed: a call would likely fail now.",
    );
  });
});

describe("describeHours", () => {
  const hour = (probes: number, probesOk: number, p50Ms: number | null): HealthHour => ({
    startMs: 0n,
    probes,
    probesOk,
    callsServed: 0,
    callsFailed: 0,
    p50Ms,
  });

  test("given hours that differ, it says the range, the failures and the gaps", () => {
    expect(describeHours([hour(60, 60, 12), hour(60, 59, 85), hour(0, 0, null), hour(0, 0, null)])).toBe(
      "Median latency by the hour, last 24 hours: 12 ms to 85 ms. Checks failed in 1 hour. No checks in 2 hours.",
    );
  });

  test("given only good ones, no check failed", () => {
    expect(describeHours([hour(60, 60, 12)])).toBe(
      "Median latency by the hour, last 24 hours: 12 ms to 12 ms. No check failed.",
    );
  });

  test("given only bad ones, none was answered; given none, nobody looked", () => {
    expect(describeHours([hour(60, 0, null)])).toBe(
      "No check was answered in the last 24 hours. Checks failed in 1 hour.",
    );
    expect(describeHours([hour(0, 0, null)])).toBe("No checks in the last 24 hours.");
  });
});
