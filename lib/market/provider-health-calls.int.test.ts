import { beforeEach, describe, expect, test, vi } from "vitest";

await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { setTimeout as sleep } from "node:timers/promises";
import { pool } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import type { UpstreamAnswer, UpstreamCall } from "@/lib/mpp/call-upstream";
import { providerListing } from "@/lib/testing/provider-listing";
import { getProviderHealth } from "./provider-health";
import { flushCalls, measureCalls } from "./provider-health-calls";
import { registerProviderInput } from "./provider-input";
import { registerProvider } from "./register-provider";

const OWNER = "0x1111111111111111111111111111111111111111";

beforeEach(async () => {
  await flushCalls();
  await pool().query("delete from provider");
  for (const id of ["alpha", "bravo"])
    await registerProvider({ ...registerProviderInput.parse(providerListing(id)), owner: OWNER });
});

/** One paid call to a provider that answers like this. */
function call(providerId: string, answer: () => Promise<UpstreamAnswer>): Promise<UpstreamAnswer> {
  return measureCalls(answer)({ providerId } as UpstreamCall);
}
const whole = (status: number) => async (): Promise<UpstreamAnswer> => ({
  kind: "whole",
  status,
  headers: {},
  body: new Uint8Array(),
});

async function dayOf(id: string) {
  const health = (await getProviderHealth([id])).get(id);
  return health?.day;
}

describe("paid calls", () => {
  test("given answers of every kind, the provider's own failures are told from the caller's", async () => {
    for (const status of [200, 201, 204]) await call("alpha", whole(status));
    for (const status of [400, 404, 422, 429]) await call("alpha", whole(status));
    for (const code of ["upstream-failed", "upstream-timeout", "upstream-refused"] as const)
      await expect(
        call("alpha", async () => {
          throw new ProblemError(code, "No.");
        }),
      ).rejects.toMatchObject({ code });
    await call("bravo", whole(200));

    expect(await dayOf("alpha")).toMatchObject({ callsServed: 0, callsFailed: 0 }); // Not written yet.
    await flushCalls();
    expect(await dayOf("alpha")).toMatchObject({
      callsServed: 3,
      callsFailed: 3,
      successRate: 0.5,
      probes: 0,
    });
    expect(await dayOf("bravo")).toMatchObject({ callsServed: 1, callsFailed: 0, successRate: 1 });
  });

  test("given two rounds, they add up, with their latencies", async () => {
    const slow = async () => {
      await sleep(60);
      return whole(200)();
    };
    await Promise.all(Array.from({ length: 10 }, () => call("alpha", slow)));
    await flushCalls();
    await call("alpha", slow);
    await flushCalls();
    await flushCalls(); // Nothing left: nothing is counted twice.
    const day = await dayOf("alpha");
    expect(day).toMatchObject({ callsServed: 11, successRate: 1 });
    expect(day?.callLatency?.p50Ms).toBeGreaterThanOrEqual(54); // 60 ms less 9.1 %
    expect(day?.callLatency?.p50Ms).toBeLessThan(600);
  });

  test("given a database that is away, served, failed and latencies are kept for the next time", async () => {
    const fails = async () => {
      throw new ProblemError("upstream-failed", "No.");
    };
    await call("alpha", whole(200));
    await expect(call("alpha", fails)).rejects.toThrow("No.");
    const away = { query: () => Promise.reject(new Error("away")) } as unknown as ReturnType<typeof pool>;
    await expect(flushCalls(away)).rejects.toThrow("away");
    expect(await dayOf("alpha")).toMatchObject({ callsServed: 0, callsFailed: 0, callLatency: null });
    await flushCalls();
    expect(await dayOf("alpha")).toMatchObject({
      callsServed: 1,
      callsFailed: 1,
      callLatency: { p50Ms: expect.any(Number) },
    });
  });

  test("given a provider that was removed meanwhile, the others are written all the same", async () => {
    await call("alpha", whole(200));
    await call("bravo", whole(200));
    await pool().query("delete from provider where id = 'alpha'");
    await flushCalls();
    expect(await dayOf("bravo")).toMatchObject({ callsServed: 1 });
  });

  test("given servers that write at once, every count arrives", async () => {
    const rounds = Array.from({ length: 20 }, async (_, index) => {
      await call(index % 2 ? "alpha" : "bravo", whole(200));
      await flushCalls();
    });
    await Promise.all(rounds);
    await flushCalls();
    expect([(await dayOf("alpha"))?.callsServed, (await dayOf("bravo"))?.callsServed]).toEqual([10, 10]);
  });

  test("without anybody asking, counts are written within seconds", async () => {
    await call("alpha", whole(200));
    await vi.waitFor(async () => expect(await dayOf("alpha")).toMatchObject({ callsServed: 1 }), {
      timeout: 9_000,
      interval: 250,
    });
  });
});

describe("events", () => {
  const stopped = vi.fn();
  async function* events(breaks: boolean): AsyncGenerator<Uint8Array> {
    yield Buffer.from("data: one\n\n");
    if (breaks) throw new Error("The connection broke.");
    yield Buffer.from("data: two\n\n");
  }
  const streaming = (breaks: boolean) => async (): Promise<UpstreamAnswer> => ({
    kind: "events",
    status: 200,
    headers: {},
    body: events(breaks),
    stop: stopped,
  });

  async function read(answer: UpstreamAnswer, most = 9): Promise<number> {
    if (answer.kind !== "events") throw new Error("They are events.");
    let seen = 0;
    for await (const _ of answer.body) {
      seen += 1;
      if (seen === most) break;
    }
    return seen;
  }

  test("given events to their end, or as far as the caller wanted, the call was served", async () => {
    expect(await read(await call("alpha", streaming(false)))).toBe(2);
    expect(await read(await call("alpha", streaming(false)), 1)).toBe(1);
    await flushCalls();
    expect(await dayOf("alpha")).toMatchObject({ callsServed: 2, callsFailed: 0 });
  });

  test("given events that break off, the call failed, unless we ended them", async () => {
    await expect(read(await call("alpha", streaming(true)))).rejects.toThrow("broke");
    const answer = await call("bravo", streaming(true));
    if (answer.kind === "events") answer.stop();
    await expect(read(answer)).rejects.toThrow("broke");
    expect(stopped).toHaveBeenCalledOnce();
    await flushCalls();
    expect(await dayOf("alpha")).toMatchObject({ callsServed: 0, callsFailed: 1 });
    expect(await dayOf("bravo")).toMatchObject({ callsServed: 1, callsFailed: 0 });
  });
});

describe("both measures together", () => {
  test("given failing checks and calls that are served since, it is not down", async () => {
    await pool().query(
      "update provider_health set failures = 2, failing_since_ms = clock_ms() - 60000 where provider_id = 'alpha'",
    );
    await call("alpha", whole(200));
    await flushCalls();
    const { recordProbe } = await import("./probe-record");
    await recordProbe("alpha", { ok: false, problem: "server-error", httpStatus: 500 }, pool());
    const health = (await getProviderHealth(["alpha"])).get("alpha");
    expect(health).toMatchObject({ state: "degraded", reason: "served-despite-probes", failures: 3 });
  });

  test("given failing checks and a call that was served as they began, long ago, it is down", async () => {
    await pool().query(
      `update provider_health set failures = 40, failing_since_ms = clock_ms() - 902000, served_ms = clock_ms() - 901000
        where provider_id = 'alpha'`,
    );
    const { recordProbe } = await import("./probe-record");
    await recordProbe("alpha", { ok: false, problem: "timeout", httpStatus: null }, pool());
    const health = (await getProviderHealth(["alpha"])).get("alpha");
    expect(health).toMatchObject({ state: "down", reason: "probes-failed", failures: 41 });
  });

  test("given good checks and failing calls, it is degraded", async () => {
    const failing = () =>
      call("alpha", async () => {
        throw new ProblemError("upstream-failed", "No.");
      }).catch(() => undefined);
    await Promise.all(Array.from({ length: 20 }, failing));
    await flushCalls();
    const { recordProbe } = await import("./probe-record");
    await recordProbe("alpha", { ok: true, latencyMs: 12, httpStatus: 200 }, pool());
    const health = (await getProviderHealth(["alpha"])).get("alpha");
    expect(health).toMatchObject({
      state: "degraded",
      reason: "low-success-rate",
      lastCheck: { latencyMs: 12 },
    });
  });
});
