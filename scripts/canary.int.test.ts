/**
 * Nothing that opens anything leaves the server by a side door. A real server at its most talkative is given secrets in every
 * place, by calls that work, calls that are refused and calls that break it; then its output, metrics, errors and traces are searched.
 */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: this test breaks tables.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { pool } from "@/lib/db/pool";
import { type RealPayer, realPayer } from "@/lib/testing/real-payer";
import { type RealProvider, realProvider } from "@/lib/testing/real-provider";
import { type RealServer, realServer } from "@/lib/testing/real-server";
import { traceReceiver } from "@/lib/testing/trace-receiver";

/** Too short, and too much like words, for a mask that looks for long tokens: only not saying them helps. */
const canary = (place: string) => `canary-${place}-5ecret`;
const settings = {
  SECRET_KEY: canary("key-of-at-least-thirty-two-bytes"),
  ADMIN_TOKEN: canary("admin"),
  CRON_SECRET: canary("cron"),
  METRICS_TOKEN: canary("metrics"),
};
const PASSWORD = canary("database");
const ROLE = `canary_${process.pid}_${Date.now()}`;

/** What the server gave out or was sent that opens something, beside the canaries. */
const tokens = new Set<string>();
const errors: string[] = [];

let provider: RealProvider;
let collector: Awaited<ReturnType<typeof traceReceiver>>;
let server: RealServer;
let scraped: string;

beforeAll(async () => {
  await pool().query(`create role ${ROLE} login superuser password '${PASSWORD}'`);
  const database = Object.assign(new URL(process.env.DATABASE_URL ?? ""), {
    username: ROLE,
    password: PASSWORD,
  });
  [provider, collector] = await Promise.all([realProvider(), traceReceiver()]);
  server = await realServer({
    ...settings,
    DATABASE_URL: database.toString(),
    UPSTREAM_ALLOW: provider.address,
    LOG_LEVEL: "trace",
    SWEEP_INTERVAL_MS: "100",
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: "100",
  });
  await callsThatWork();
  await callsThatAreRefused();
  await callsThatBreakIt();
  scraped = await (await fetch(`${server.url}/metrics`, bearer(settings.METRICS_TOKEN))).text();
  await server.stop();
});

afterAll(async () => {
  await server.stop();
  provider.close();
  collector.close();
  await pool().query(`drop role ${ROLE}`);
});

const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

/** As `fetch`, but remembers what opens something, and what errors say. */
const spy: typeof fetch = async (input, init) => {
  const sent = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
  const response = await fetch(input, init);
  const seen = [
    sent.get("authorization"),
    sent.get("stream-session"),
    sent.get("sign-in-with-x"),
    response.headers.get("stream-session"),
  ];
  for (const value of seen) if (value) tokens.add(value.replace(/^(Payment|Bearer) /, ""));
  if (response.status >= 400) {
    const text = await response.clone().text();
    // A challenge is made to be read: it is signed, and opens nothing by itself.
    errors.push(`${response.status} ${text}`);
  }
  return response;
};

async function callsThatWork(): Promise<void> {
  const payer = await realPayer(server.url, spy);
  tokens.add(payer.token);
  await provider.list(await realPayer(server.url, spy), "talkative");
  for (const path of ["count", "count", "broken", "cut"])
    await payer.pay(`${server.url}/api/p/talkative/${path}?token=${canary("query")}`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": crypto.randomUUID() },
      body: JSON.stringify({ text: canary("body") }),
    });
  await alertByWebhook(payer);
  await spy(`${server.url}/api/v1/streams`, bearer(payer.token));
  await spy(`${server.url}/api/admin/invariants`, bearer(settings.ADMIN_TOKEN));
  await spy(`${server.url}/api/cron/sweep`, bearer(settings.CRON_SECRET));
}

/** A webhook at a receiver that breaks: its secret signs what is sent there, and the failure is kept. */
async function alertByWebhook(payer: RealPayer): Promise<void> {
  const url = `http://${provider.address}/broken`;
  const webhook = await payer.post("/api/v1/webhooks", { url });
  const secret = String(webhook.secret);
  tokens.add(secret).add(secret.replace(/^whsec_/, ""));
  await payer.post(`/api/v1/webhooks/${webhook.id}/test`, {});
  await vi.waitFor(() => expect(provider.arrived).toContain("/broken"), 10_000);
  const rotated = await payer.post(`/api/v1/webhooks/${webhook.id}/rotate`, {});
  tokens.add(String(rotated.secret));
}

/** The same wrong things to the door, to operations of each kind, and to what is nothing. */
async function callsThatAreRefused(): Promise<void> {
  const headers: Record<string, string>[] = [
    { Authorization: `Payment ${canary("payment")}` },
    { Authorization: `Bearer ${canary("bearer")}` },
    { Authorization: `Basic ${canary("basic")}` },
    { Authorization: canary("scheme") },
    { "Stream-Session": canary("session") },
    { "Sign-In-With-X": canary("siwx") },
    { Cookie: `superstream_session=${canary("cookie")}; theme=${canary("theme")}` },
    { "Idempotency-Key": `${canary("key")} with a space` },
    { "X-Canary": canary("header").repeat(900) },
  ];
  const bodies = [`{"text":"${canary("json")}"}`, `{"text":"${canary("broken-json")}`, canary("text"), ""];
  const paths = [
    "/api/p/talkative/count",
    "/api/p/nobody/count",
    "/api/v1/streams",
    "/api/v1/auth/session",
    "/api/v1/registry/services/validate",
    "/api/admin/invariants",
    "/api/cron/sweep",
    "/metrics",
    "/api/nothing",
    "/%ff",
  ];
  for (const path of paths)
    for (const [at, given] of headers.entries())
      for (const method of ["GET", "POST"])
        await spy(`${server.url}${path}?token=${canary("query")}&cursor=${canary("cursor")}`, {
          method,
          headers: { "Content-Type": at % 2 ? "application/json" : "text/plain", ...given },
          ...(method === "POST" ? { body: bodies[at % bodies.length] ?? "" } : {}),
        }).catch(() => undefined); // A connection that is cut says nothing.
}

/** A bug, and a database that goes away, with secrets under way. */
async function callsThatBreakIt(): Promise<void> {
  const payer = await realPayer(server.url, spy);
  const everything = (path: string) =>
    payer
      .pay(`${server.url}${path}?token=${canary("query")}`, {
        method: "POST",
        headers: { "content-type": "application/json", cookie: `superstream_session=${canary("cookie")}` },
        body: JSON.stringify({ text: canary("body") }),
      })
      .catch(() => undefined); // The client gives up on what it cannot understand.
  const read = () => spy(`${server.url}/api/v1/streams?token=${canary("query")}`, bearer(payer.token));

  await everything("/api/p/talkative/count");
  await pool().query("alter table stream rename to stream_gone");
  await everything("/api/p/talkative/count");
  await spy(`${server.url}/api/p/talkative/count`, {
    method: "POST",
    headers: { "Stream-Session": canary("session"), "Idempotency-Key": canary("key") },
    body: canary("body"),
  });
  await spy(`${server.url}/api/v1/streams`, bearer(payer.token));
  await pool().query("alter table stream_gone rename to stream");
  await pool().query(`alter role ${ROLE} nologin`);
  await pool().query("select pg_terminate_backend(pid) from pg_stat_activity where usename = $1", [ROLE]);
  await everything("/api/p/talkative/count");
  await read();
  await spy(`${server.url}/api/ready`);
  await pool().query(`alter role ${ROLE} login`);
}

describe("given secrets in every place of calls that work, are refused, and break the server", () => {
  const secrets = () => [...tokens, "5ecret", PASSWORD, ...Object.values(settings)];

  test("they were really under way: the server logged bugs, traced, counted, and refused", () => {
    expect(tokens.size).toBeGreaterThan(15);
    expect(server.output()).toContain("stream");
    expect(server.output()).toMatch(/"level":50/);
    expect(server.output()).toContain('"endpoint":"/api/p/{provider}/{path}","method":"POST","status":200');
    expect(scraped).toContain("marketplace_requests_total");
    expect(errors.length).toBeGreaterThan(100);
    for (const status of [400, 401, 402, 404, 405, 422, 431, 500, 502, 503])
      expect(
        errors.some((error) => error.startsWith(`${status} `)),
        `no ${status}`,
      ).toBe(true);
  });

  test("none is in the log", () => {
    for (const secret of secrets()) expect(server.output()).not.toContain(secret);
  });

  test("none is in the metrics", () => {
    for (const secret of secrets()) expect(scraped).not.toContain(secret);
  });

  test("none is in an error", () => {
    for (const secret of secrets()) expect(errors.filter((error) => error.includes(secret))).toEqual([]);
  });

  test("none is in a trace, and a paid call is traced with its statements", () => {
    const traced = collector.text();
    expect(collector.paths[0]).toBe("POST /v1/traces application/x-protobuf");
    expect(traced).toContain("POST /api/p/{provider}/{path}");
    expect(traced).toContain("authorize_");
    expect(traced).toContain("superstream");
    for (const secret of [...secrets(), "talkative"]) expect(traced).not.toContain(secret);
    expect(traced).not.toMatch(/0x[0-9a-f]{40}|(str|req|acct)_[0-9a-z]{8}/i);
  });
});
