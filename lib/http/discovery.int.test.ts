import { beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the documents show the whole market.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { validate } from "mppx/discovery";
import { GET as manifestRoute } from "@/app/.well-known/superstream-agent.json/route";
import { GET as llmsRoute } from "@/app/llms.txt/route";
import { GET as wholeOpenApiRoute } from "@/app/openapi/full.json/route";
import { GET as openApiRoute } from "@/app/openapi.json/route";
import { fetchPaidDoor } from "@/lib/mpp/paid-door";
import { callOperation } from "@/lib/testing/call-operation";
import { seedMarket } from "@/lib/testing/seed-market";
import type { ManifestAction } from "./agent-manifest";
import { operations } from "./operations";

const ORIGIN = "http://localhost:3000";
type PaidOperation = { "x-payment-info"?: { offers: object[]; price: object; protocols: object[] } };
type OpenApi = { paths: Record<string, Record<string, PaidOperation & { responses: object }>> };

const get = async (route: (request: Request) => Promise<Response>, path: string) =>
  route(new Request(ORIGIN + path));

beforeAll(async () => {
  await seedMarket();
});

describe("/openapi.json", () => {
  test("given the demo market, crawlers can read all of it: valid, open to any origin, below 64 KB", async () => {
    const response = await get(openApiRoute, "/openapi.json");
    expect(response.headers.get("Cache-Control")).toContain("max-age=300");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
    const text = await response.text();
    expect(text.length).toBeLessThan(62_500); // Room for a longer host name than localhost.
    expect(validate(JSON.parse(text))).toEqual([]);
  });

  test("given a paid service, its path has the price in both dialects and a 402", async () => {
    const { paths } = (await (await get(openApiRoute, "/openapi.json")).json()) as OpenApi;
    const paid = Object.entries(paths).filter(([path]) => path.startsWith("/api/p/"));
    expect(paid.length).toBeGreaterThan(5);
    for (const [, item] of paid)
      for (const operation of Object.values(item)) {
        expect(operation.responses).toHaveProperty("402");
        const info = operation["x-payment-info"];
        expect(info?.offers).toHaveLength(3);
        expect(info?.offers[0]).toMatchObject({
          method: "ledger",
          intent: "stream",
          amount: "11574074074074",
        });
        expect(info?.price).toMatchObject({ mode: "dynamic", currency: "USD" });
        expect(info?.protocols).toHaveLength(1);
      }
  });

  test("given an operation for callers, the whole API's document has it; an operator's is not there", async () => {
    const text = await (await get(wholeOpenApiRoute, "/openapi/full.json")).text();
    expect(validate(JSON.parse(text))).toEqual([]);
    const { paths } = JSON.parse(text) as OpenApi;
    for (const { path, method, auth } of operations)
      expect(Boolean(paths[path]?.[method.toLowerCase()])).toBe(auth === "none" || auth === "account");
  });

  test("given a document that the caller has, it is not sent again; after a change it is", async () => {
    const first = await get(openApiRoute, "/openapi.json");
    const etag = first.headers.get("ETag") ?? "";
    const ask = (ifNoneMatch: string) =>
      openApiRoute(new Request(`${ORIGIN}/openapi.json`, { headers: { "If-None-Match": ifNoneMatch } }));
    const again = await ask(`"another", W/${etag}`);
    expect([again.status, await again.text(), again.headers.get("ETag")]).toEqual([304, "", etag]);
    const newer = await ask('"another"');
    expect([newer.status, await newer.text()]).toEqual([200, await first.text()]);
  });
});

describe("/.well-known/superstream-agent.json", () => {
  test("given every advertised action, its endpoint answers as its own: served, asked to sign in, or asked to pay", async () => {
    const manifest = (await (await get(manifestRoute, "/.well-known/superstream-agent.json")).json()) as {
      schema_version: string;
      actions: ManifestAction[];
    };
    expect(manifest.schema_version).toBe("1.0");
    expect(manifest.actions.length).toBeGreaterThan(operations.length);
    const seen = { free: 0, signIn: 0, paid: 0 };
    for (const action of manifest.actions) {
      const { status, code } = await walk(action);
      if (action.pricing.model === "stream") {
        expect([action.name, status]).toEqual([action.name, 402]);
        seen.paid += 1;
      } else if (action.auth_required) {
        expect([action.name, status, code]).toEqual([action.name, 401, "sign-in-required"]);
        seen.signIn += 1;
      } else {
        // Without input some refuse it, and without an id there is nothing: but each by its own code, never a missing route.
        const own =
          [200, 201, 415, 422].includes(status) || /^(provider|service|stream|request)-not-found$/.test(code);
        const category = action.name === "get_category" && code === "not-found";
        expect([action.name, status, code, own || category]).toEqual([action.name, status, code, true]);
        seen.free += 1;
      }
    }
    expect(Object.values(seen).every((count) => count > 0)).toBe(true);
  });
});

describe("without a chain", () => {
  test("given any document, it names the ledger and no other way to pay", async () => {
    const documents = await Promise.all([
      get(openApiRoute, "/openapi.json"),
      get(llmsRoute, "/llms.txt"),
      get(manifestRoute, "/.well-known/superstream-agent.json"),
    ]);
    for (const document of documents) {
      const text = await document.text();
      expect(text).toContain("ledger");
      expect(text).not.toMatch(
        /superfluid\/stream|"method":"(superfluid|streampay|evm)"|x402|StreamPay stream/,
      );
    }
  });
});

describe("/llms.txt", () => {
  test("given every address in it on this site, a route or an operation stands behind it", async () => {
    const response = await get(llmsRoute, "/llms.txt");
    expect(response.headers.get("Content-Type")).toMatch(/^text\/plain/);
    const text = await response.text();
    expect(text).toMatch(/^# Superstream/);
    const mentioned = [...text.matchAll(/(GET|POST) http:\/\/localhost:3000(\/api\/v1\/[a-z/{}-]+)/g)];
    expect(mentioned.length).toBeGreaterThan(6);
    for (const [, method, path] of mentioned)
      expect(
        operations.some(
          (operation) =>
            operation.method === method &&
            operation.path.replace(/\{\w+\}/g, "{id}") === path?.replace(/\/$/, ""),
        ),
        `${method} ${path}`,
      ).toBe(true);
  });
});

async function walk(action: ManifestAction): Promise<{ status: number; code: string }> {
  const operation = operations.find(
    ({ path, method }) => path === action.endpoint && method === action.method,
  );
  const names = [...action.endpoint.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "");
  const init = action.method === "GET" ? {} : { body: "{}", headers: { "Content-Type": "application/json" } };
  const response = operation
    ? await callOperation(operation, { params: Object.fromEntries(names.map((name) => [name, "nothing"])) })
    : await fetchPaidDoor(new Request(ORIGIN + action.endpoint, { method: action.method, ...init }));
  const body = (await response.json().catch(() => ({}))) as { code?: string };
  return { status: response.status, code: body.code ?? "" };
}
