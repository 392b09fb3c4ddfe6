import { describe, expect, test } from "vitest";
import { type HealthBucket, type HealthRow, toProviderHealth } from "./provider-health-view";

const HOUR = 3_600_000n;
const DAY = 86_400_000n;
/** 2026-11-21, 10:20 UTC. */
const NOW = 1_795_256_400_000n;
const THIS_HOUR = 1_795_255_200_000n;
const THIS_DAY = 1_795_219_200_000n;

const row: HealthRow = {
  state: "up",
  reason: null,
  checkedMs: NOW - 12_000n,
  latencyMs: 42,
  problem: null,
  httpStatus: 200,
  failures: 0,
  failingSinceMs: null,
};

function bucket(startMs: bigint, counts: Partial<HealthBucket>): HealthBucket {
  return {
    startMs,
    probes: 0,
    probesOk: 0,
    callsServed: 0,
    callsFailed: 0,
    probeLatency: [],
    callLatency: [],
    ...counts,
  };
}

describe("toProviderHealth", () => {
  test("given nothing at all, the provider is unknown, with 24 empty hours and no shares", () => {
    const health = toProviderHealth(null, [], [], NOW);
    expect(health).toMatchObject({ state: "unknown", reason: "not-checked", lastCheck: null });
    expect(health.hours).toHaveLength(24);
    expect(health.hours.at(0)?.startMs).toBe(THIS_HOUR - 23n * HOUR);
    expect(health.hours.at(23)).toEqual({
      startMs: THIS_HOUR,
      probes: 0,
      probesOk: 0,
      callsServed: 0,
      callsFailed: 0,
      p50Ms: null,
    });
    expect(health.day).toEqual({
      probes: 0,
      probesOk: 0,
      uptime: null,
      probeLatency: null,
      callsServed: 0,
      callsFailed: 0,
      successRate: null,
      callLatency: null,
    });
  });

  test("given hours, the day is their sum, and what is older than 24 of them is left out", () => {
    const quick = [...new Array<number>(22).fill(0), 57]; // 57 answers of about 41 ms
    const slow = [...new Array<number>(40).fill(0), 3]; // 3 of about 939 ms
    const { day, hours } = toProviderHealth(
      row,
      [
        bucket(THIS_HOUR, {
          probes: 60,
          probesOk: 57,
          probeLatency: quick,
          callsServed: 30,
          callLatency: slow,
        }),
        bucket(THIS_HOUR - 23n * HOUR, { probes: 20, probesOk: 3, probeLatency: slow, callsFailed: 10 }),
        bucket(THIS_HOUR - 24n * HOUR, { probes: 1_000, probesOk: 0, callsFailed: 1_000 }),
      ],
      [],
      NOW,
    );
    expect(day).toEqual({
      probes: 80,
      probesOk: 60,
      uptime: 0.75,
      probeLatency: { p50Ms: 41, p95Ms: 41 },
      callsServed: 30,
      callsFailed: 10,
      successRate: 0.75,
      callLatency: { p50Ms: 939, p95Ms: 939 },
    });
    expect(hours.filter(({ probes }) => probes > 0).map(({ startMs, p50Ms }) => [startMs, p50Ms])).toEqual([
      [THIS_HOUR - 23n * HOUR, 939],
      [THIS_HOUR, 41],
    ]);
  });

  test("given days, the month is the last 30 of them", () => {
    const { month } = toProviderHealth(
      row,
      [],
      [
        bucket(THIS_DAY, { probes: 100, probesOk: 100 }),
        bucket(THIS_DAY - 29n * DAY, { probes: 100, probesOk: 80 }),
        bucket(THIS_DAY - 30n * DAY, { probes: 100, probesOk: 0 }),
      ],
      NOW,
    );
    expect(month).toMatchObject({ probes: 200, probesOk: 180, uptime: 0.9 });
  });

  test.each([
    { given: "15 minutes without a probe", agoMs: 900_000n, state: "up", reason: null },
    { given: "a moment more", agoMs: 900_001n, state: "unknown", reason: "not-checked-lately" },
  ])("given $given, it is $state", ({ agoMs, state, reason }) => {
    const health = toProviderHealth({ ...row, checkedMs: NOW - agoMs }, [], [], NOW);
    expect(health).toMatchObject({ state, reason, lastCheck: { atMs: NOW - agoMs, latencyMs: 42 } });
  });
});
