import { afterEach, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the gauges tell of the whole books.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { GET } from "@/app/metrics/route";
import { getHealthOperation } from "@/lib/http/operations/operator-operations";
import { INVARIANT_IDS } from "@/lib/ledger/run-invariants";
import { callOperation } from "@/lib/testing/call-operation";

const settings = vi.hoisted(() => ({
  NETWORK: "devnet" as "devnet" | "mainnet",
  METRICS_TOKEN: undefined as string | undefined,
}));
vi.mock("@/lib/env", async (load) => {
  const real = await load<typeof import("@/lib/env")>();
  return {
    ...real,
    env: {
      ...real.env,
      get NETWORK() {
        return settings.NETWORK;
      },
      get METRICS_TOKEN() {
        return settings.METRICS_TOKEN;
      },
    },
  };
});

afterEach(() => {
  settings.NETWORK = "devnet";
  settings.METRICS_TOKEN = undefined;
});

const scrape = (headers: HeadersInit = {}) => GET(new Request("http://localhost:3000/metrics", { headers }));

describe("/metrics", () => {
  test("given healthy books, every invariant is a gauge at 0, and answers are counted by operation and status", async () => {
    await callOperation(getHealthOperation);
    await callOperation(getHealthOperation, { query: "stranger=1" });
    const response = await scrape();
    expect(response.headers.get("Content-Type")).toMatch(/^text\/plain/);
    const text = await response.text();
    for (const id of INVARIANT_IDS) expect(text).toContain(`superstream_invariant_violations{id="${id}"} 0`);
    expect(text).toContain('marketplace_requests_total{endpoint="/api/health",method="GET"} 2');
    expect(text).toContain(
      'marketplace_errors_total{endpoint="/api/health",method="GET",error_type="invalid-input"} 1',
    );
    expect(text).toContain(
      'superstream_http_responses_total{endpoint="/api/health",method="GET",status="200"} 1',
    );
    expect(text).toContain(
      'superstream_http_request_duration_seconds_count{endpoint="/api/health",method="GET"} 2',
    );
  });

  test("given a document's path spelt in other ways, it is counted under the one path that we write", async () => {
    for (const path of ["/%6detrics", "/metric%73", "/%6Detrics?again=1"])
      expect((await GET(new Request(`http://localhost:3000${path}`))).status).toBe(200);
    const text = await (await scrape()).text();
    const counted = [...text.matchAll(/marketplace_requests_total\{endpoint="([^"]*etric[^"]*)"/g)];
    expect(counted.map(([, endpoint]) => endpoint)).toEqual(["/metrics"]);
  });

  test("given another network than devnet, only the operator reads them", async () => {
    settings.NETWORK = "mainnet";
    expect((await scrape()).status).toBe(401);
    expect((await scrape({ Authorization: "Bearer tests-only-wrong-token" })).status).toBe(401);
    expect((await scrape({ Authorization: "Bearer tests-only-admin-token" })).status).toBe(200);
  });

  test("given a token for them, it opens them on any network, and nothing else does", async () => {
    settings.METRICS_TOKEN = "tests-only-metrics-token";
    for (const network of ["devnet", "mainnet"] as const) {
      settings.NETWORK = network;
      expect((await scrape()).status).toBe(401);
      expect((await scrape({ Authorization: "Bearer tests-only-admin-token" })).status).toBe(401);
      expect((await scrape({ Authorization: "Bearer tests-only-metrics-token" })).status).toBe(200);
    }
  });
});
