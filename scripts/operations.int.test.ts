/** The server as operators run it: what it counts, what its headers say, and that dashboard and alerts speak of the same. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the server that is started has the database of this file.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { operations } from "@/lib/http/operations";
import { startTestDevnet } from "@/lib/testing/devnet";
import { metricsIn, namesAndLabels } from "@/lib/testing/metric-expressions";
import { type RealPayer, realPayer } from "@/lib/testing/real-payer";
import { type RealProvider, realProvider } from "@/lib/testing/real-provider";
import { type RealServer, realServer } from "@/lib/testing/real-server";

let provider: RealProvider;
let server: RealServer;
let payer: RealPayer;
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;

beforeAll(async () => {
  [provider, devnet] = await Promise.all([realProvider(), startTestDevnet()]);
  const settings = { UPSTREAM_ALLOW: provider.address, SWEEP_INTERVAL_MS: "200", RPC_URL: devnet.rpcUrl };
  server = await realServer(settings);
  payer = await realPayer(server.url);
  await provider.list(await realPayer(server.url), "counted");
  await provider.list(await realPayer(server.url), "once-an-hour", {
    tierOverrides: { basic: { maxRequestsPerHour: 1 } },
  });
});
afterAll(async () => {
  provider.close();
  await server.stop();
  await devnet.stop();
});

const call = (path: string, body = "{}") =>
  payer.pay(`${server.url}/api/p/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
const scrape = async () => (await fetch(`${server.url}/metrics`)).text();

describe("/metrics of a server that was used", () => {
  test("given paid calls that are served, fail, and are refused, each is counted by what became of it", async () => {
    expect((await call("counted/count")).status).toBe(200);
    expect((await call("counted/count")).status).toBe(200);
    expect((await call("counted/broken")).status).toBe(502);
    expect((await call("counted/cut")).status).toBe(502);
    expect((await call("once-an-hour/count")).status).toBe(200);
    expect((await call("once-an-hour/count")).status).toBe(429);

    const text = await scrape();
    const door = 'endpoint="/api/p/{provider}/{path}",method="POST"';
    // Each of the two streams began with a challenge, and a proof that showed that there was none yet.
    for (const line of [
      `marketplace_requests_total{${door}} 10`,
      `marketplace_errors_total{${door},error_type="payment-required"} 2`,
      `marketplace_errors_total{${door},error_type="stream/not-found"} 2`,
      `marketplace_errors_total{${door},error_type="upstream-failed"} 2`,
      `marketplace_errors_total{${door},error_type="stream/rate-limited"} 1`,
      `superstream_http_responses_total{${door},status="200"} 3`,
      `superstream_http_responses_total{${door},status="502"} 2`,
      `superstream_http_request_duration_seconds_count{${door}} 10`,
      'superstream_decisions_total{outcome="authorised"} 5',
      'superstream_decisions_total{outcome="stream/rate-limited"} 1',
      'superstream_calls_ended_total{outcome="served"} 3',
      'superstream_calls_ended_total{outcome="voided"} 2',
      'superstream_upstream_answers_total{outcome="ok"} 3',
      'superstream_upstream_answers_total{outcome="upstream-failed"} 2',
      'superstream_door_step_duration_seconds_count{step="authorize"} 8',
      'superstream_door_step_duration_seconds_count{step="complete"} 5',
      'superstream_streams{status="open"} 2',
      'superstream_invariant_violations{id="I15"} 0',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).not.toMatch(/counted|once-an-hour|0x[0-9a-f]{40}|str_/);
  });

  test("given every operation of the API, its requests are counted under its template from the first scrape", async () => {
    const text = await scrape();
    for (const { path, method } of operations)
      expect(text).toContain(`marketplace_requests_total{endpoint="${path}",method="${method}"} `);
  });

  test("given addresses, methods and documents of any kind, they are counted without repeating what was sent", async () => {
    await fetch(`${server.url}/api/v1/providers`, { method: "DELETE" });
    await fetch(`${server.url}/api/secret-path`);
    await fetch(`${server.url}/another-secret`);
    await fetch(`${server.url}/%ff`);
    for (const path of [
      "/openapi.json",
      "/llms.txt",
      "/.well-known/jwks.json",
      "/.well-known/superstream-agent.json",
    ])
      expect((await fetch(server.url + path)).status).toBe(200);
    const text = await scrape();
    for (const line of [
      'marketplace_errors_total{endpoint="/api/v1/providers",method="DELETE",error_type="method-not-allowed"} 1',
      'marketplace_errors_total{endpoint="/api/{unknown}",method="GET",error_type="not-found"} 1',
      'marketplace_errors_total{endpoint="/{unknown}",method="GET",error_type="not-found"} 1',
      'marketplace_errors_total{endpoint="/{refused}",method="GET",error_type="status-400"} 1',
      'marketplace_requests_total{endpoint="/.well-known/jwks.json",method="GET"} 1',
    ])
      expect(text).toContain(`${line}\n`);
    expect(text).not.toContain("secret");
  });
});

describe("the index of a chain", () => {
  test("given a chain in the settings, the server follows it by itself and says how late it is", async () => {
    await devnet.chain.mine({ blocks: 1 });
    await vi.waitFor(
      async () => {
        const text = await scrape();
        expect(text).toMatch(/^superstream_index_lag_blocks 0$/m);
        expect(text).toMatch(/^superstream_index_age_seconds [0-4](\.\d+)?$/m);
      },
      { timeout: 10_000, interval: 100 },
    );
  });
});

describe("dashboard and alerts", () => {
  const dashboard = JSON.parse(readFileSync("docs/operations/grafana-dashboard.json", "utf8")) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  const rules = [
    ...readFileSync("docs/operations/alerts.yml", "utf8").matchAll(/^ +expr: (?:"(.*)"|(.*))$/gm),
  ];

  const expressions = [
    ...dashboard.panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr }) => [title, expr] as const),
    ),
    ...rules.map(([, quoted, plain], at) => [`alert ${at + 1}`, quoted ?? plain ?? ""] as const),
  ];

  test("given both files, they have the panels of the requirements and more than a few alerts", () => {
    expect(dashboard.panels.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        "Requests submitted, served and failed",
        "Active streams",
        "Provider error rate",
        "Marketplace throughput",
        "Marketplace error rate",
      ]),
    );
    expect(expressions.some(([, expr]) => /rate\(marketplace_requests_total.*\[1m\]\)/.test(expr))).toBe(
      true,
    );
    expect(rules.length).toBeGreaterThan(6);
  });

  test("given every expression, its metrics, labels and label values are in what a server really says", async () => {
    const known = namesAndLabels(await scrape());
    for (const [where, expr] of expressions) {
      const used = metricsIn(expr);
      expect(used.length > 0 || /^up\b/.test(expr), `${where}: ${expr}`).toBe(true);
      for (const { name, labels, values } of used) {
        const series = known.get(name);
        expect(series, `${where}: ${name} is no metric`).toBeDefined();
        for (const label of labels)
          expect(series?.has(label), `${where}: ${name} has no label ${label}`).toBe(true);
        for (const [label, value] of values)
          expect(series?.get(label)?.has(value), `${where}: ${name} never says ${label}="${value}"`).toBe(
            true,
          );
      }
    }
  });

  test("given what the server says of the chain and of its own transactions, all of it is looked at", async () => {
    const looked = new Set(expressions.flatMap(([, expr]) => metricsIn(expr).map(({ name }) => name)));
    const said = [...namesAndLabels(await scrape()).keys()].filter((name) =>
      /^superstream_(chain|outbox)_/.test(name),
    );
    expect(said.length).toBeGreaterThan(8);
    // The age is looked at as that of the index: they are one figure.
    expect(said.filter((name) => !looked.has(name))).toEqual(["superstream_chain_age_seconds"]);
  });

  test("given an expression with a wrong name, label or value, the check finds it", () => {
    const known = namesAndLabels('a_total{path="x"} 1\nb 2\n');
    expect(metricsIn('sum by (path) (rate(a_total{path="x"}[1m])) / b > 0.5')).toEqual([
      { name: "a_total", labels: ["path"], values: [["path", "x"]] },
      { name: "b", labels: [], values: [] },
    ]);
    expect(known.get("a_total")?.get("path")?.has("y")).toBe(false);
    expect(known.has("c")).toBe(false);
  });
});

describe("headers of our own server", () => {
  test.each([
    ["/api/health", 200],
    ["/api/ready", 200],
    ["/api/v1/status", 200],
    ["/metrics", 200],
    ["/llms.txt", 200],
    ["/api/nothing", 404],
    ["/nothing", 404],
    ["/%ff", 400],
  ])("given %s, data may do nothing when it is opened as a document", async (path, status) => {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(status);
    expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(response.headers.get("X-Frame-Options")).toBe("DENY");
    expect(response.headers.get("Referrer-Policy")).toBe("strict-origin-when-cross-origin");
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
    expect(response.headers.get("Strict-Transport-Security")).toMatch(/^max-age=\d+/);
    expect(response.headers.get("X-Powered-By")).toBeNull();
  });

  test("given a load balancer that asks with HEAD, it is told the same", async () => {
    for (const path of ["/api/health", "/api/ready"])
      expect((await fetch(server.url + path, { method: "HEAD" })).status).toBe(200);
  });

  test.each(["counted/count", "nobody/count"])(
    "given the door at %s, its answer is sandboxed",
    async (path) => {
      const response = await fetch(`${server.url}/api/p/${path}`, { method: "POST", body: "{}" });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(response.headers.get("Content-Security-Policy")).toBe("sandbox; default-src 'none'");
    },
  );
});
