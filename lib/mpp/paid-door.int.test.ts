/** The door over the real ledger and a real provider, on both of its mounts. */
import { execFile } from "node:child_process";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { PrivateKeyAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { NodeListener } from "@/lib/http/node-adapter";
import { type DoorUnderTest, doorContract } from "./testing/door-contract";
import { newAccount, owner } from "./testing/door-fixture";

const TOKEN = 10n ** 18n;
const servers: Server[] = [];
let upstream: string;
let mode: "ok" | "broken" | "hang" = "ok";
let received = 0;
let baseUrl: string;
/** What answers at `baseUrl` now. */
const site: { listener: NodeListener } = { listener: async () => {} };

async function listen(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler as never);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** A provider that adds two numbers, refuses anything else, and breaks when told to. */
async function startProvider(): Promise<string> {
  return listen(async (request, response) => {
    received += 1;
    const body = await read(request);
    if (mode === "broken") return response.writeHead(503).end();
    if (request.url === "/v1/ticks") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      return response.end("data: tick\n\ndata: tock\n\n");
    }
    response.setHeader("content-type", "application/json");
    try {
      const { a, b } = JSON.parse(body) as { a: number; b: number };
      if (typeof a + typeof b !== "numbernumber") throw new Error("Not numbers.");
      return response.end(JSON.stringify({ sum: a + b }));
    } catch {
      return response.writeHead(422).end('{"error":"give a and b"}');
    }
  });
}

const services = [
  { slug: "add", method: "POST" as const, path: "/add", pricePerCall: 0n },
  { slug: "add-priced", method: "POST" as const, path: "/priced", pricePerCall: 2n * 10n ** 15n },
  { slug: "ticks", method: "GET" as const, path: "/ticks", pricePerCall: 0n },
].map((service) => ({
  ...service,
  name: service.slug,
  description: "",
  category: "scientific_computing" as const,
  capability: "adding",
  inputSchema: { type: "object" },
  outputSchema: null,
  pricingModel: service.pricePerCall > 0n ? ("per_unit" as const) : ("per_second" as const),
}));

async function fund(account: PrivateKeyAccount, amount = 20n * TOKEN): Promise<PrivateKeyAccount> {
  const { creditWallet } = await import("@/lib/streams/credit-wallet");
  await creditWallet({ actor: account.address.toLowerCase(), idempotencyKey: crypto.randomUUID(), amount });
  return account;
}

beforeAll(async () => {
  upstream = await startProvider();
  // Before anything reads the environment: the site's address is part of what gets signed.
  baseUrl = `http://${await listen((incoming, outgoing) => void site.listener(incoming, outgoing))}`;
  vi.stubEnv("UPSTREAM_ALLOW", upstream);
  vi.stubEnv("ORIGIN", baseUrl);
  const { registerProvider } = await import("@/lib/market/register-provider");
  await registerProvider({
    id: "adder",
    owner: owner.address.toLowerCase(),
    name: "Adder",
    description: "Adds.",
    endpoint: `http://${upstream}/v1`,
    capabilities: ["adding"],
    category: "scientific_computing",
    model: null,
    serviceType: 0,
    depositMs: 14_400_000n,
    graceMs: 900_000n,
    maxConcurrency: 8,
    active: true,
    tierOverrides: {},
    services,
  });
});
afterAll(() => {
  for (const server of servers) server.close();
});

async function mount(door: NodeListener): Promise<void> {
  const { nodeListener } = await import("@/lib/http/node-adapter");
  const { GET: jwks } = await import("@/app/.well-known/jwks.json/route");
  const { buildOpenApi } = await import("@/lib/http/openapi");
  const { listPaidServices } = await import("@/lib/market/list-paid-services");
  const { readPaymentWays } = await import("./payment-ways");
  const handler = async (request: Request): Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === "/.well-known/jwks.json") return jwks(request);
    if (pathname === "/openapi.json")
      return Response.json(
        buildOpenApi(await listPaidServices({ limit: 100 }), baseUrl, await readPaymentWays()),
      );
    return new Response("# Superstream\n");
  };
  const documents = nodeListener(handler, { origin: baseUrl, onError: console.error });
  site.listener = (incoming, outgoing) =>
    (incoming.url?.startsWith("/api/p/") ? door : documents)(incoming, outgoing);
}

const mounts = {
  "the custom server": async () => {
    const { lightListener } = await import("@/lib/http/light-listener");
    const { paidDoor } = await import("./paid-door");
    await mount(lightListener(paidDoor, { origin: baseUrl, onError: console.error }));
  },
  "the Next route": async () => {
    const { nodeListener } = await import("@/lib/http/node-adapter");
    const route = await import("@/app/api/p/[provider]/[...path]/route");
    const handler = (request: Request) => {
      const answer = route[request.method as keyof typeof route] as (request: Request) => Promise<Response>;
      return answer(request);
    };
    await mount(nodeListener(handler, { origin: baseUrl, onError: console.error }));
  },
};

describe.each(Object.entries(mounts))("mounted by %s", (_name, start) => {
  let door: DoorUnderTest;
  beforeAll(async () => {
    mode = "ok";
    await start();
    door = {
      baseUrl,
      providerId: "adder",
      path: "/add",
      body: '{"a":19,"b":23}',
      refusedBody: '{"a":"x"}',
      newPayer: () => fund(newAccount()),
    };
  });

  test.each(doorContract.map(({ promise, run }) => [promise, run] as const))("%s", async (_promise, run) => {
    await run(door);
  });
});

describe("over the real ledger", () => {
  const door = async () => {
    const { createPayer } = await payerTools();
    return createPayer();
  };

  async function payerTools() {
    const { fetchPaidDoor } = await import("./paid-door");
    const { streamFetch } = await import("@/agents/client/stream-fetch");
    const { env } = await import("@/lib/env");
    const { listStreams } = await import("@/lib/streams/list-streams");
    const createPayer = async () => {
      const account = await fund(newAccount());
      const network: typeof fetch = (input, init) => fetchPaidDoor(new Request(input, init));
      const caps = { maxRatePerDay: 1_000n * TOKEN, maxDeposit: 5n * TOKEN, maxTotal: 10n * TOKEN };
      const paid = streamFetch({ account, caps, fetch: network, deposit: TOKEN });
      const call = (path: string, init: RequestInit = {}) => paid(`${env.ORIGIN}/api/p/adder${path}`, init);
      const stream = async () => {
        const { items } = await listStreams({ actor: account.address.toLowerCase(), limit: 10 });
        if (!items[0]) throw new Error("The payer has a stream.");
        return items[0];
      };
      return { account, call, stream };
    };
    return { createPayer };
  }

  const add = { method: "POST", body: '{"a":1,"b":2}' };

  test("a price beside the flow is charged once a served call, and never for a failure", async () => {
    mode = "ok";
    const { call, stream } = await door();
    for (let served = 0; served < 3; served += 1) expect((await call("/priced", add)).status).toBe(200);
    expect((await call("/priced", { method: "POST", body: "nonsense" })).status).toBe(422);
    mode = "broken";
    const failed = await call("/priced", add);
    mode = "ok";
    expect(failed.status).toBe(502);
    expect(await stream()).toMatchObject({ used: 6n * 10n ** 15n, held: 0n, served: 3n });
  });

  test("the receipt that was sent is the receipt that is stored", async () => {
    const { call } = await door();
    const response = await call("/add", add);
    const { requestId } = JSON.parse(
      Buffer.from(response.headers.get("payment-receipt") ?? "", "base64url").toString(),
    ) as { requestId: string };
    const { pool } = await import("@/lib/db/pool");
    const { rows } = await pool().query<{ receipt: string; state: string }>(
      "select receipt, state from request join request_answer on request_id = id where id = $1",
      [requestId],
    );
    expect(rows[0]?.state).toBe("served");
    expect(JSON.parse(rows[0]?.receipt ?? "")).toEqual(
      JSON.parse(Buffer.from(response.headers.get("payment-receipt") ?? "", "base64url").toString()),
    );
  });

  test("the tier's hour is exact: ten calls, then 429 until the first is an hour old", async () => {
    const { call } = await door();
    for (let served = 0; served < 10; served += 1) expect((await call("/add", add)).status).toBe(200);
    const refused = await call("/add", add);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(3_500);
    expect(await refused.json()).toMatchObject({
      code: "stream/rate-limited",
      limit: 10,
      nextTier: "professional",
    });
  });

  test("events end with a signed receipt and count as one served call", async () => {
    const { call, stream } = await door();
    const response = await call("/ticks");
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    expect(await response.text()).toMatch(
      /^data: tick\n\ndata: tock\n\nevent: payment-receipt\ndata: \{.*"sig":/,
    );
    expect(await stream()).toMatchObject({ served: 1n });
  });

  test("a pause revokes the token; resuming lets the payer in again", async () => {
    const { account, call, stream } = await door();
    expect((await call("/add", add)).status).toBe(200);
    const { id: streamId } = await stream();
    const actor = account.address.toLowerCase();
    const { pauseStream } = await import("@/lib/streams/pause-stream");
    const { resumeStream } = await import("@/lib/streams/resume-stream");
    await pauseStream({ actor, streamId });
    await expect(call("/add", add)).rejects.toMatchObject({ reason: "needs-human" });
    await resumeStream({ actor, streamId });
    expect((await call("/add", add)).status).toBe(200);
  });

  test("strangers' requests reach no provider and write no row", async () => {
    const { pool } = await import("@/lib/db/pool");
    const { fetchPaidDoor } = await import("./paid-door");
    const { env } = await import("@/lib/env");
    const count = async () =>
      (
        await pool().query<{ rows: string }>(
          "select (select count(*) from request) + (select count(*) from proof_claim) + (select count(*) from stream) + (select count(*) from stream_session) as rows",
        )
      ).rows[0]?.rows;
    const [before, receivedBefore] = [await count(), received];
    for (const headers of [
      {},
      { Authorization: "Payment e30" },
      { "Stream-Session": "a".repeat(43) },
      { Authorization: "Payment a, Payment b" },
      { "Stream-Tier": "gold" },
    ] as HeadersInit[]) {
      const response = await fetchPaidDoor(new Request(`${env.ORIGIN}/api/p/adder/add`, { ...add, headers }));
      expect([400, 402]).toContain(response.status);
    }
    expect(await count()).toBe(before);
    expect(received).toBe(receivedBefore);
  });
});

test("npx mppx validate passes on every paid route", async () => {
  await mounts["the custom server"]();
  const bin = fileURLToPath(new URL("../../node_modules/mppx/dist/bin.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [bin, "validate", baseUrl, "--outputJson"]);
  const report = JSON.parse(stdout) as {
    summary: { passed: number; failed: number };
    endpoints: { path: string; challenge: { label: string; severity: string }[] }[];
  };
  expect(report.summary.failed).toBe(0);
  expect(report.endpoints.map(({ path }) => path)).toEqual(
    expect.arrayContaining(services.map(({ path }) => `/api/p/adder${path}`)),
  );
  for (const { challenge } of report.endpoints)
    for (const label of ["Returns 402 without credentials", "Challenge parseable", "x402 payment challenge"])
      expect(challenge).toContainEqual(expect.objectContaining({ label, severity: "pass" }));
});
