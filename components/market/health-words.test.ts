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
  const NOW = 1_795_256_400_000n;
  const explain = (changes: Partial<Parameters<typeof explainHealth>[0]>) =>
    explainHealth({
      reason: null,
      failures: 0,
      failingSinceMs: null,
      serverNowMs: NOW,
      day: { callsServed: 0 },
      ...changes,
    });

  test("given a provider that is up, it says whether anybody paid it", () => {
    expect(explain({})).toBe("Answers its checks. No paid call in the last day.");
    expect(explain({ day: { callsServed: 1 } })).toBe("Answers its checks, and serves its paid calls.");
  });

  test("given failures, it counts them, and tells how long they last", () => {
    expect(explain({ reason: "probe-failed", failures: 1 })).toBe("The last check failed.");
    expect(explain({ reason: "probe-failed", failures: 2 })).toBe("The last 2 checks failed.");
    expect(explain({ reason: "probes-failed", failures: 7, failingSinceMs: NOW - 12_000_000n })).toBe(
      "The last 7 checks failed, for 3 h 20 min: a call would likely fail now.",
    );
    expect(explain({ reason: "probes-failed", failures: 3, failingSinceMs: NOW - 30_000n })).toBe(
      "The last 3 checks failed: a call would likely fail now.",
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
