import { describe, expect, test } from "vitest";
import { type HealthFacts, judgeHealth } from "./provider-health-rules";

const good: HealthFacts = {
  failures: 0,
  failingSinceMs: null,
  servedMs: null,
  nowMs: 1_000_000n,
  probes: 1_440,
  probesOk: 1_440,
  callsServed: 1_000,
  callsFailed: 0,
};

describe("judgeHealth", () => {
  test.each<{ given: string; facts: Partial<HealthFacts>; verdict: [string, string | null] }>([
    { given: "a day without a fault", facts: {}, verdict: ["up", null] },
    {
      given: "its first probe, answered",
      facts: { probes: 1, probesOk: 1, callsServed: 0 },
      verdict: ["up", null],
    },
    {
      given: "one failed probe",
      facts: { failures: 1, failingSinceMs: 5n },
      verdict: ["degraded", "probe-failed"],
    },
    { given: "two", facts: { failures: 2, failingSinceMs: 5n }, verdict: ["degraded", "probe-failed"] },
    { given: "three", facts: { failures: 3, failingSinceMs: 5n }, verdict: ["down", "probes-failed"] },
    {
      given: "three, and a call served before them",
      facts: { failures: 3, failingSinceMs: 5n, servedMs: 4n },
      verdict: ["down", "probes-failed"],
    },
    {
      given: "thirty, and a call served since",
      facts: { failures: 30, failingSinceMs: 5n, servedMs: 100_000n },
      verdict: ["degraded", "served-despite-probes"],
    },
    {
      given: "thirty, and the last call served since is more than 15 minutes old",
      facts: { failures: 30, failingSinceMs: 5n, servedMs: 99_999n },
      verdict: ["down", "probes-failed"],
    },
    {
      given: "95 % of calls served",
      facts: { callsServed: 95, callsFailed: 5 },
      verdict: ["up", null],
    },
    {
      given: "less than 95 % of calls served",
      facts: { callsServed: 94, callsFailed: 5 },
      verdict: ["degraded", "low-success-rate"],
    },
    {
      given: "every call failed, but only 19 of them",
      facts: { callsServed: 0, callsFailed: 19 },
      verdict: ["up", null],
    },
    {
      given: "every one of 20 calls failed",
      facts: { callsServed: 0, callsFailed: 20 },
      verdict: ["degraded", "low-success-rate"],
    },
    {
      given: "less than 95 % of probes answered",
      facts: { probes: 1_440, probesOk: 1_367 },
      verdict: ["degraded", "low-uptime"],
    },
    { given: "95 % of probes answered", facts: { probes: 1_440, probesOk: 1_368 }, verdict: ["up", null] },
  ])("given $given, it is $verdict", ({ facts, verdict: [state, reason] }) => {
    expect(judgeHealth({ ...good, ...facts })).toEqual({ state, reason });
  });
});
