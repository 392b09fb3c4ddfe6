import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

// A pass takes whoever is due in the whole market: other files register providers at the same time.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { pool } from "@/lib/db/pool";
import { providerListing } from "@/lib/testing/provider-listing";
import { probeProvider } from "./probe-provider";
import { probeProviders } from "./probe-providers";
import { getProviderHealth, type ProviderHealth } from "./provider-health";
import { forgetOldHealth } from "./provider-health-retention";
import { registerProviderInput } from "./provider-input";
import { registerProvider } from "./register-provider";

const OWNER = "0x1111111111111111111111111111111111111111";
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const INTERVAL = { intervalMs: 60_000 };

let server: Server;
let host: string;
/** Requests by the first part of their path, which names the provider. */
const asked = new Map<string, number>();
const answers: Record<string, (response: ServerResponse) => void> = {
  good: (response) => response.writeHead(200).end(),
  slow: (response) => setTimeout(() => response.writeHead(200).end(), 80),
  missing: (response) => response.writeHead(404).end(),
  broken: (response) => response.writeHead(500).end(),
  moved: (response) => response.writeHead(307, { location: `http://${host}/good` }).end(),
  hanging: () => undefined,
  closing: (response) => response.destroy(),
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const [, id = ""] = request.url?.split("/") ?? [];
    asked.set(id, (asked.get(id) ?? 0) + 1);
    answers[id.replace(/-\d+$/, "")]?.(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  asked.clear();
  await pool().query("delete from provider");
});

/** Registration refuses private addresses, so the endpoint is written behind its back. */
async function register(id: string, active = true): Promise<void> {
  const listing = registerProviderInput.parse(providerListing(id, { active }));
  await registerProvider({ ...listing, owner: OWNER });
  await pool().query("update provider set endpoint = $2 where id = $1", [id, `http://${host}/${id}`]);
}

const probe = (endpoint: string) => probeProvider(endpoint, { allow: [host], deadlineMs: 1_000 });
const pass = (options = {}) => probeProviders({ limit: 100, schedule: INTERVAL, probe, ...options });
const due = () => pool().query("update provider_health set due_ms = 0");

async function healthOf(id: string): Promise<ProviderHealth> {
  const health = (await getProviderHealth([id])).get(id);
  if (!health) throw new Error(`${id} has no health.`);
  return health;
}

describe("one pass", () => {
  test("given providers that are well and ill in every way, each gets its own verdict", async () => {
    for (const id of Object.keys(answers)) await register(id);
    expect(await pass()).toMatchObject({ probed: 7, failed: 4, more: false });

    const health = await getProviderHealth(Object.keys(answers));
    expect(
      [...health].map(([id, { state, reason, lastCheck }]) => [
        id,
        state,
        reason,
        lastCheck?.problem,
        lastCheck?.httpStatus,
      ]),
    ).toEqual([
      ["good", "up", null, null, 200],
      ["slow", "up", null, null, 200],
      ["missing", "up", null, null, 404],
      ["broken", "degraded", "probe-failed", "server-error", 500],
      ["moved", "degraded", "probe-failed", "refused", null],
      ["hanging", "degraded", "probe-failed", "timeout", null],
      ["closing", "degraded", "probe-failed", "unreachable", null],
    ]);
    expect(asked.get("good")).toBe(1); // The redirect to it was not followed.

    const slow = health.get("slow");
    expect(slow?.day).toMatchObject({ probes: 1, probesOk: 1, uptime: 1 });
    expect(slow?.day.probeLatency?.p50Ms).toBeGreaterThanOrEqual(73); // 80 ms less 9.1 %
    expect(slow?.month.probeLatency).toEqual(slow?.day.probeLatency);
    expect(slow?.hours.at(-1)).toMatchObject({ probes: 1, probesOk: 1 });
    expect(health.get("broken")?.day).toMatchObject({
      probes: 1,
      probesOk: 0,
      uptime: 0,
      probeLatency: null,
    });
  });

  test("given nobody due, it asks nobody: once an interval is enough", async () => {
    await register("good");
    await pass();
    expect(await pass()).toMatchObject({ probed: 0, failed: 0, more: false });
    const { rows } = await pool().query(
      "select due_ms - checked_ms >= 59000 and due_ms - checked_ms <= 66000 as in_an_interval from provider_health",
    );
    expect(rows).toEqual([{ in_an_interval: true }]);
  });

  test("given a provider that is switched off, it is not asked; switched on again, at once", async () => {
    await register("good", false);
    expect(await pass()).toMatchObject({ probed: 0, failed: 0, more: false });
    expect((await healthOf("good")).state).toBe("unknown");
    await pool().query("update provider set active = true");
    expect(await pass()).toMatchObject({ probed: 1, failed: 0, more: false });
  });

  test("given a limit, it takes no more, and those that have been due for longest", async () => {
    for (const id of ["good-1", "good-2", "good-3"]) await register(id);
    await pool().query("update provider_health set due_ms = right(provider_id, 1)::int");
    expect(await pass({ limit: 2 })).toEqual({ probed: 2, failed: 0, more: true });
    expect([...asked.keys()].toSorted()).toEqual(["good-1", "good-2"]);
  });

  test("given six that hang, the others do not wait for them", async () => {
    for (let index = 1; index <= 6; index += 1) await register(`hanging-${index}`);
    for (let index = 1; index <= 20; index += 1) await register(`good-${index}`);
    await pool().query(
      "update provider_health set due_ms = case when provider_id like 'hanging%' then 0 else 1 end",
    );
    const slowProbe = (endpoint: string) => probeProvider(endpoint, { allow: [host], deadlineMs: 4_000 });
    const ended = pass({ probe: slowProbe });
    await vi.waitFor(
      async () => {
        const { rows } = await pool().query("select 1 from provider_health where checked_ms is not null");
        expect(rows).toHaveLength(20);
      },
      { timeout: 3_500, interval: 20 },
    );
    expect(await ended).toMatchObject({ probed: 26, failed: 6, more: false });
  });

  test("given a result that cannot be written down, the others are, and the pass goes on", async () => {
    for (const id of ["good-1", "good-2", "good-3"]) await register(id);
    const query = (sql: string, values: unknown[] = []) =>
      values[0] === "good-2" ? Promise.reject(new Error("No such row.")) : pool().query(sql, values);
    const report = await probeProviders({ limit: 10, schedule: INTERVAL, probe }, {
      query,
    } as unknown as ReturnType<typeof pool>);
    expect(report).toEqual({ probed: 3, failed: 0, more: false });
    const { rows } = await pool().query(
      "select provider_id from provider_health where state = 'up' order by 1",
    );
    expect(rows).toEqual([{ provider_id: "good-1" }, { provider_id: "good-3" }]);
  });

  test("given four processes at once, each provider is asked by one of them", async () => {
    for (let index = 1; index <= 30; index += 1) await register(`slow-${index}`);
    const reports = await Promise.all([pass(), pass(), pass(), pass()]);
    expect(reports.reduce((sum, { probed }) => sum + probed, 0)).toBe(30);
    expect([...asked.values()]).toEqual(new Array(30).fill(1));
  });

  test("told to stop, it ends at once and writes no verdict", async () => {
    await register("hanging");
    const stop = new AbortController();
    const ended = probeProviders({
      limit: 10,
      schedule: INTERVAL,
      signal: stop.signal,
      probe: (endpoint) => probeProvider(endpoint, { allow: [host], signal: stop.signal }),
    });
    setTimeout(() => stop.abort(), 100);
    const startMs = performance.now();
    expect(await ended).toMatchObject({ probed: 0, failed: 0 });
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect((await healthOf("hanging")).lastCheck).toBeNull();
  });
});

describe("pass after pass", () => {
  test("given three failures it is down, asked less and less often, and up again with the first answer", async () => {
    await register("good");
    await pass();
    await pool().query("update provider set endpoint = endpoint"); // Says nothing new: nothing starts over.
    answers.good = (response) => response.writeHead(503).end();
    try {
      const states = [];
      for (let failure = 1; failure <= 5; failure += 1) {
        await due();
        await pass();
        const { state, failures, failingSinceMs } = await healthOf("good");
        states.push([state, failures, failingSinceMs !== null]);
      }
      expect(states).toEqual([
        ["degraded", 1, true],
        ["degraded", 2, true],
        ["down", 3, true],
        ["down", 4, true],
        ["down", 5, true],
      ]);
      await due();
      await pass();
      const { rows } = await pool().query(
        "select (due_ms - checked_ms) / 60000 as minutes from provider_health", // After five failures: 2^2 intervals.
      );
      expect(Number(rows[0].minutes)).toBeGreaterThanOrEqual(3);
      expect(Number(rows[0].minutes)).toBeLessThanOrEqual(4);
    } finally {
      answers.good = (response) => response.writeHead(200).end();
    }
    await due();
    await pass();
    const health = await healthOf("good");
    expect(health).toMatchObject({ state: "up", failures: 0, failingSinceMs: null });
    expect(health.day).toMatchObject({ probes: 8, probesOk: 2, uptime: 0.25 });
  });

  test("given a long outage, the next check is never more than about five minutes away", async () => {
    await register("broken");
    await pool().query("update provider_health set failures = 900");
    await pass();
    const { rows } = await pool().query("select due_ms - checked_ms as ms from provider_health");
    expect(Number(rows[0].ms)).toBeGreaterThan(290_000);
    expect(Number(rows[0].ms)).toBeLessThanOrEqual(330_000);
  });

  test("given another endpoint, what is known of the old one counts no longer, and it is asked at once", async () => {
    await register("broken");
    await pass();
    await pool().query("update provider set endpoint = $1", [`http://${host}/good`]);
    expect(await healthOf("broken")).toMatchObject({ state: "unknown", failures: 0, lastCheck: null });
    await pass();
    expect(await healthOf("broken")).toMatchObject({ state: "up", lastCheck: { httpStatus: 200 } });
  });
});

describe("what is kept", () => {
  test("given old buckets, hours go after 2 days and days after 31, and the newer ones stay", async () => {
    await register("good");
    const now = Date.now();
    const start = (spanMs: number, back: number) => Math.floor(now / spanMs) * spanMs - back * spanMs;
    const buckets = [
      [HOUR_MS, start(HOUR_MS, 0)],
      [HOUR_MS, start(HOUR_MS, 47)],
      [HOUR_MS, start(HOUR_MS, 50)],
      [DAY_MS, start(DAY_MS, 0)],
      [DAY_MS, start(DAY_MS, 30)],
      [DAY_MS, start(DAY_MS, 33)],
    ];
    for (const [spanMs, startMs] of buckets)
      await pool().query(
        "insert into provider_health_bucket (provider_id, span_ms, start_ms, probes) values ('good', $1, $2, 1)",
        [spanMs, startMs],
      );
    expect(await forgetOldHealth()).toBe(2);
    expect(await forgetOldHealth()).toBe(0);
    const { rows } = await pool().query("select count(*)::int as kept from provider_health_bucket");
    expect(rows).toEqual([{ kept: 4 }]);
  });

  test("given a provider that goes, its measurements go with it", async () => {
    await register("good");
    await pass();
    await pool().query("delete from provider");
    const { rows } = await pool().query(
      "select (select count(*) from provider_health) + (select count(*) from provider_health_bucket) as left",
    );
    expect(rows).toEqual([{ left: "0" }]);
  });
});
