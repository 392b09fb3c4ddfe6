import { expect, test } from "vitest";
import { ProblemError } from "@/lib/errors";
import { metrics } from "@/lib/metrics/metrics";
import type { UpstreamAnswer, UpstreamCall } from "./call-upstream";
import type { DoorLedger } from "./door-types";
import { measureLedger, measureUpstream } from "./measure-door";
import { fixture, jsonAnswer, pay, payerOf } from "./testing/door-fixture";

const callsOf = (step: string) =>
  metrics()
    .steps.of(step)
    .counts.reduce((sum, count) => sum + count, 0);

test("given what the ledger decides and how calls end, each is counted by its outcome, and both are timed", async () => {
  const decisions = [
    { outcome: "authorised" },
    { outcome: "replay" },
    { outcome: "denied", code: "stream/paused" },
  ];
  const firsts = [true, true, false];
  const ledger = measureLedger({
    authorizeRequest: async () => decisions.shift(),
    completeRequest: async () => firsts.shift(),
  } as unknown as DoorLedger);
  const call = {} as Parameters<DoorLedger["authorizeRequest"]>[0];
  for (let calls = 0; calls < 3; calls += 1) await ledger.authorizeRequest(call);
  for (const outcome of ["served", "voided", "served"] as const)
    await ledger.completeRequest({
      requestId: "req_1",
      outcome,
      status: 200,
      responseDigest: null,
      receipt: null,
    });

  const { decisions: decided, ended } = metrics();
  expect(["authorised", "replay", "stream/paused"].map((outcome) => decided.of(outcome).n)).toEqual([
    1, 1, 1,
  ]);
  // The third had been ended before: this process did not serve it.
  expect(["served", "voided", "late"].map((outcome) => ended.of(outcome).n)).toEqual([1, 1, 1]);
  expect([callsOf("authorize"), callsOf("complete")]).toEqual([3, 3]);
});

test("given what providers answer, it is counted as ok, refused, or the code of the failure, and timed", async () => {
  const answers: (() => UpstreamAnswer)[] = [
    () => jsonAnswer({}),
    () => jsonAnswer({}, 422),
    () => {
      throw new ProblemError("upstream-timeout", "Too late.");
    },
    () => {
      throw new Error("A bug.");
    },
  ];
  for (const answer of answers)
    await measureUpstream(async () => answer())({} as UpstreamCall).catch(() => undefined);
  const { upstream } = metrics();
  expect(upstream.entries().map(({ labels, cell }) => [labels.outcome, cell.n])).toEqual([
    ["ok", 1],
    ["refused", 1],
    ["upstream-timeout", 1],
    ["internal", 1],
  ]);
  expect(callsOf("upstream")).toBe(4);
});

test("given calls to any provider, service and method, the door has one label for all, and names nobody", async () => {
  const door = fixture();
  const { account } = payerOf(door);
  await pay(door.call, account, "/api/p/acme/quote");
  await door.call("/api/p/globex/quote");
  await door.call("/api/p/nobody/patients/17", { method: "BREW" });
  const counted = metrics()
    .responses.entries()
    .map(({ labels, cell }) => [labels.endpoint, labels.method, labels.status, cell.n]);
  expect(counted).toEqual([
    ["/api/p/{provider}/{path}", "GET", "402", 2],
    ["/api/p/{provider}/{path}", "GET", "200", 1],
    ["/api/p/{provider}/{path}", "other", "404", 1],
  ]);
});
