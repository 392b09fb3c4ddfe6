/** A server that is told to end: what is under way is served and settled, and load balancers are told first. */
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the books are read as a whole.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { pool } from "@/lib/db/pool";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { type RealPayer, realPayer } from "@/lib/testing/real-payer";
import { type RealProvider, realProvider } from "@/lib/testing/real-provider";
import { type RealServer, realServer } from "@/lib/testing/real-server";

const DELAY_MS = 1_500;

let provider: RealProvider;
let server: RealServer;
let payer: RealPayer;

beforeAll(async () => {
  provider = await realProvider();
  server = await realServer({
    UPSTREAM_ALLOW: provider.address,
    DRAIN_DELAY_MS: String(DELAY_MS),
    SWEEP_INTERVAL_MS: "100",
  });
  payer = await realPayer(server.url);
  await provider.list(await realPayer(server.url), "patient", {
    tierOverrides: { basic: { maxRequestsPerHour: 1_000 } },
  });
});
afterAll(async () => {
  provider.close();
  await server.stop();
});

const call = (path: string) =>
  payer.pay(`${server.url}/api/p/patient/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
    body: "{}",
  });

test("given paid calls under way at SIGTERM, all are served and settled, new ones are refused, and it exits with 0", async () => {
  expect((await call("count")).status).toBe(200); // Opens the stream and brings the session.
  const slow = Array.from({ length: 8 }, () => call("slow"));
  const endless = await call("events"); // Its provider says no more before the server ends.
  await expect.poll(provider.waiting).toBe(9);

  server.signal("SIGTERM");
  await expect.poll(ready).toEqual([503, "not-ready", "draining"]);
  expect((await call("count")).status).toBe(200); // Whoever has not noticed yet is still served.
  await sleep(DELAY_MS + 300);
  await expect(fetch(`${server.url}/api/health`)).rejects.toThrow();
  provider.release();

  const answers = await Promise.all(slow);
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200));
  expect(await answers[0]?.json()).toEqual({ letters: 4 });
  for (const answer of answers) expect(answer.headers.get("Payment-Receipt")).toBeTruthy();
  const events = await endless.text();
  expect(events).toContain("data: last");
  expect(events).toContain("event: payment-receipt");
  expect(await server.exited).toBe(0);

  expect(await callsByState()).toEqual([{ state: "served", n: "11" }]);
  expect(await runInvariants()).toEqual([]);
});

test("given a stream of events that would never end, it is cut after ten seconds and settled for what was sent", async () => {
  const again = await realServer({ UPSTREAM_ALLOW: provider.address });
  payer = await realPayer(again.url);
  const response = await payer.pay(`${again.url}/api/p/patient/events`, { method: "POST", body: "{}" });
  const reading = response.text().catch(() => "cut");
  await expect.poll(provider.waiting).toBe(1);
  const began = performance.now();
  again.signal("SIGTERM");
  expect(await again.exited).toBe(0);
  expect(await reading).toBe("cut");
  expect(performance.now() - began).toBeLessThan(15_000);
  expect(await callsByState()).toEqual([{ state: "served", n: "12" }]);
  expect(await runInvariants()).toEqual([]);
});

async function ready(): Promise<unknown[]> {
  const response = await fetch(`${server.url}/api/ready`);
  const { code, checks } = (await response.json()) as { code?: string; checks?: { server?: string } };
  return [response.status, code, checks?.server];
}

async function callsByState() {
  const { rows } = await pool().query(
    "select state, count(*) as n from request where seq is not null group by 1",
  );
  return rows;
}
