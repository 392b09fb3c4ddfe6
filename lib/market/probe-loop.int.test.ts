import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test, vi } from "vitest";

/** Requests by path, in milliseconds of `performance.now()`. Paths that begin with /hanging get no answer. */
const asked = vi.hoisted(() => new Map<string, number[]>());
const { server, host } = await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
  const { createServer } = await import("node:http");
  const listening: Server = createServer(({ url = "" }, response) => {
    asked.set(url, [...(asked.get(url) ?? []), performance.now()]);
    if (!url.startsWith("/hanging")) response.writeHead(200).end();
  });
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  const address = listening.address();
  if (address === null || typeof address === "string") throw new Error("It listens on a port.");
  const name = `127.0.0.1:${address.port}`;
  process.env.UPSTREAM_ALLOW = name; // Read once, by lib/env.
  return { server: listening, host: name };
});

import { pool } from "@/lib/db/pool";
import type { UpstreamCall } from "@/lib/mpp/call-upstream";
import { providerListing } from "@/lib/testing/provider-listing";
import { startProbeLoop } from "./probe-loop";
import { probePass } from "./probe-pass";
import { getProviderHealth } from "./provider-health";
import { measureCalls } from "./provider-health-calls";
import { registerProviderInput } from "./provider-input";
import { registerProvider } from "./register-provider";

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function register(id: string): Promise<unknown> {
  const listing = providerListing(id, { endpoint: `http://${host}/${id}` });
  return registerProvider({
    ...registerProviderInput.parse(listing),
    owner: "0x1111111111111111111111111111111111111111",
  });
}

test("given paid calls that failed and buckets that are old, one pass judges by the calls and forgets the buckets", async () => {
  await register("failing");
  const failing = measureCalls(async () => {
    throw new Error("No answer.");
  });
  for (let calls = 0; calls < 20; calls += 1)
    await expect(failing({ providerId: "failing" } as UpstreamCall)).rejects.toThrow();
  await pool().query(
    `insert into provider_health_bucket (provider_id, span_ms, start_ms, probes)
     values ('failing', 3600000, clock_ms() / 3600000 * 3600000 - 50 * 3600000, 1)`,
  );
  expect(await probePass({ intervalMs: 60_000 })).toBe(false);
  expect((await getProviderHealth(["failing"])).get("failing")).toMatchObject({
    state: "degraded",
    reason: "low-success-rate",
    failures: 0,
  });
  const { rows } = await pool().query(
    "select count(*)::int as hours from provider_health_bucket where span_ms = 3600000",
  );
  expect(rows).toEqual([{ hours: 1 }]);
  await pool().query("delete from provider");
});

test("given two servers, a provider is probed once an interval by both together, and a stop does not wait for one that hangs", async () => {
  await register("good");
  const stops = [startProbeLoop(1_000), startProbeLoop(1_000)];
  await vi.waitFor(() => expect(asked.get("/good/health")?.length).toBeGreaterThanOrEqual(6), {
    timeout: 30_000,
    interval: 50,
  });
  const times = asked.get("/good/health") ?? [];
  const tookMs = (times[5] ?? Number.NaN) - (times[0] ?? Number.NaN);
  // Turns are a second apart or more; twice as many requests would take half of that. The rest is for a busy machine.
  expect(tookMs).toBeGreaterThan(4_000);
  expect((await getProviderHealth(["good"])).get("good")?.state).toBe("up");

  await register("hanging");
  await vi.waitFor(() => expect(asked.get("/hanging/health")).toHaveLength(1), {
    timeout: 20_000,
    interval: 50,
  });
  const startMs = performance.now();
  await Promise.all(stops.map((stop) => stop()));
  expect(performance.now() - startMs).toBeLessThan(2_500);
  const before = asked.get("/good/health")?.length;
  await sleep(1_500);
  expect(asked.get("/good/health")).toHaveLength(before ?? -1);
});
