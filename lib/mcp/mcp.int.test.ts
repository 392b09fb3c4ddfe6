/** The MCP server as agents reach it: the real server over HTTP, the official SDK's client, and mppx's stock client on top of it. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the server that is started has the database of this file.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { CallToolResult, McpError } from "@modelcontextprotocol/sdk/types.js";
import { McpClient } from "mppx/mcp/client";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { ledgerStream } from "@/agents/client/ledger-stream";
import { pool } from "@/lib/db/pool";
import { type RealPayer, realPayer } from "@/lib/testing/real-payer";
import { type RealProvider, realProvider } from "@/lib/testing/real-provider";
import { type RealServer, realServer } from "@/lib/testing/real-server";

const USD = 10n ** 18n;
const CREDENTIAL = "org.paymentauth/credential";
const RECEIPT = "org.paymentauth/receipt";
const SESSION = "superstream/stream-session";
const caps = { maxRatePerDay: 20n * USD, maxDeposit: 5n * USD, maxTotal: 5n * USD };

let provider: RealProvider;
let server: RealServer;
let payer: RealPayer;
const opened: Client[] = [];

beforeAll(async () => {
  provider = await realProvider();
  server = await realServer({ UPSTREAM_ALLOW: provider.address });
  payer = await realPayer(server.url);
  const owner = await realPayer(server.url);
  await provider.list(owner, "letters");
  await provider.list(await realPayer(server.url), "reader", {
    services: [
      {
        ...{
          slug: "read",
          name: "Read",
          description: "",
          category: "data_analytics",
          capability: "letter-count",
        },
        ...{ method: "GET", path: "/count", inputSchema: { type: "object" }, pricingModel: "per_second" },
      },
    ],
  });
});
afterAll(async () => {
  await Promise.all(opened.map((client) => client.close()));
  provider.close();
  await server.stop();
});

/** A client of the official SDK. `bearer`: as a signed-in account. */
async function connect(bearer?: string): Promise<Client> {
  const client = new Client({ name: "test", version: "1.0.0" });
  const requestInit = bearer ? { headers: { Authorization: bearer } } : {};
  const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/api/mcp`), { requestInit });
  // The SDK's class spells an absent handler `| undefined`, its interface leaves it out.
  await client.connect(transport as Parameters<Client["connect"]>[0]);
  opened.push(client);
  return client;
}

/** The same with mppx's stock client for MCP, which answers -32042 by itself. */
async function connectPaying(account = payer.account) {
  const client = await connect();
  return McpClient.wrap(client, { methods: [ledgerStream({ account, caps })] });
}

const callCount = { name: "call_service", arguments: { providerId: "letters", service: "count" } };
const body = (result: unknown) =>
  (result as CallToolResult).structuredContent as Record<string, unknown> & { code?: string };
const metaOf = (result: unknown) =>
  (result as CallToolResult)._meta as Record<string, Record<string, string>>;
const failure = (call: Promise<unknown>) =>
  call.then(
    () => Promise.reject(new Error("It was served.")),
    (error: McpError) => error as McpError & { data: { challenges: { method: string; request: object }[] } },
  );
const post = (message: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/mcp`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: typeof message === "string" ? message : JSON.stringify(message),
  });
const rpc = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 1, method, params });
const served = () => provider.arrived.filter((path) => path === "/count").length;

describe("a client of the official SDK", () => {
  test("given it connects, it hears who answers, what can be paid with, and every tool with a schema of its arguments", async () => {
    const client = await connect();
    expect(client.getServerVersion()).toMatchObject({ name: "superstream" });
    expect(client.getServerCapabilities()?.experimental).toEqual({
      payment: { methods: { ledger: { intents: ["stream"] } } },
    });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...["list_providers", "find_cheapest_provider", "get_provider", "list_services", "get_service"],
      ...["plan_stream", "plan_close", "open_stream", "top_up_stream", "close_stream", "list_streams"],
      ...["get_stream", "get_wallet", "get_play_money", "verify_receipt", "call_service"],
    ]);
    for (const { name, inputSchema } of tools)
      expect([name, inputSchema.type, inputSchema.additionalProperties]).toEqual([name, "object", false]);
  });

  test("given nobody is signed in, it browses and plans, and an account's tools say how to sign in", async () => {
    const client = await connect();
    const providers = body(await client.callTool({ name: "list_providers", arguments: { limit: 5 } }));
    const ids = (providers.items as { id: string }[]).map(({ id }) => id);
    expect(ids.sort()).toEqual(["letters", "reader"]);
    const services = body(
      await client.callTool({ name: "list_services", arguments: { provider: "letters" } }),
    );
    const slugs = (services.items as { slug: string }[]).map(({ slug }) => slug);
    expect(slugs).toContain("count");
    const plan = await client.callTool({
      name: "plan_stream",
      arguments: { providerId: "letters", rail: "ledger", durationMs: 3_600_000 },
    });
    expect(body(plan)).toMatchObject({ rail: "ledger", provider: { id: "letters" }, calls: [] });
    const wallet = await client.callTool({ name: "get_wallet", arguments: {} });
    expect([wallet.isError, body(wallet).code]).toEqual([true, "sign-in-required"]);
  });

  test("given a bearer token, it opens, tops up and closes a stream on the ledger, each once for its key", async () => {
    const client = await connect(payer.bearer);
    const open = {
      name: "open_stream",
      arguments: { providerId: "letters", deposit: String(USD), idempotencyKey: "mcp-open-once" },
    };
    const stream = body(await client.callTool(open));
    expect(stream).toMatchObject({ status: "active", funded: String(USD), rail: "ledger" });
    expect(body(await client.callTool(open)).id).toBe(stream.id);
    const grown = await client.callTool({
      name: "top_up_stream",
      arguments: { streamId: stream.id, amount: String(USD) },
    });
    expect(body(grown)).toMatchObject({ id: stream.id, funded: String(2n * USD) });
    const seen = await client.callTool({ name: "get_stream", arguments: { streamId: stream.id } });
    expect(body(seen)).toMatchObject({ id: stream.id, status: "active" });
    const closed = body(await client.callTool({ name: "close_stream", arguments: { streamId: stream.id } }));
    const total = [closed.totalPaid, closed.refund].map((amount) => BigInt(String(amount)));
    expect((total[0] ?? 0n) + (total[1] ?? 0n)).toBe(2n * USD);
    const wallet = body(await client.callTool({ name: "get_wallet", arguments: {} }));
    expect(wallet).toMatchObject({
      address: expect.stringMatching(new RegExp(payer.account.address, "i")),
      inStreams: "0",
    });
  });

  test("given it does not pay, a paid tool is error -32042 with the challenges of the door, and the provider hears nothing", async () => {
    const client = await connect();
    const before = served();
    const error = await failure(client.callTool(callCount));
    expect(error.code).toBe(-32_042);
    expect(error.data).toMatchObject({
      httpStatus: 402,
      challenges: [{ method: "ledger", intent: "stream", request: { unitType: "second" } }],
      problem: { code: "payment-required", provider: { id: "letters" } },
    });
    expect(served()).toBe(before);
  });

  test("given arguments that no tool takes, each is refused in the protocol's own way", async () => {
    const client = await connect();
    const code = async (name: string, args: Record<string, unknown>) =>
      (await failure(client.callTool({ name, arguments: args }))).code;
    expect(await code("no_such_tool", {})).toBe(-32_602);
    expect(await code("list_providers", { nonsense: 1 })).toBe(-32_602);
    expect(await code("call_service", { providerId: "letters" })).toBe(-32_602);
    const long = { providerId: "reader", service: "read", input: { q: "x".repeat(9_000) } };
    expect(await code("call_service", long)).toBe(-32_602);
    const outOfBounds = await client.callTool({ name: "list_providers", arguments: { limit: "1000" } });
    expect([outOfBounds.isError, body(outOfBounds).code]).toEqual([true, "invalid-input"]);
    const noService = await client.callTool({
      name: "call_service",
      arguments: { providerId: "letters", service: "no-such" },
    });
    expect([noService.isError, body(noService).code]).toEqual([true, "service-not-found"]);
    const climbing = await client.callTool({ name: "get_provider", arguments: { providerId: "../streams" } });
    expect([climbing.isError, body(climbing).code]).toEqual([true, "provider-not-found"]);
  });
});

describe("mppx's stock client", () => {
  test("given a key with money, a paid tool is served: one stream is opened, and the receipt holds when it is checked", async () => {
    const client = await connectPaying();
    const before = served();
    const result = await client.callTool(callCount);
    expect(body(result)).toMatchObject({ status: 200, body: { letters: 3 } });
    const receipt = metaOf(result)[RECEIPT];
    expect(receipt).toMatchObject({ status: "success", method: "ledger", plan: "letters", via: "proof" });
    expect(receipt?.challengeId).toMatch(/^\S+$/);
    expect(result.receipt).toEqual(receipt);
    const verdict = await client.callTool({
      name: "verify_receipt",
      arguments: { requestId: receipt?.requestId },
    });
    expect(body(verdict)).toMatchObject({ verified: true, receipt: { sig: receipt?.sig } });

    await client.callTool(callCount);
    expect(served()).toBe(before + 2);
    const { rows } = await pool().query(
      "select status from stream where sender = $1 and status <> 'settled' and provider_id = 'letters'",
      [payer.account.address.toLowerCase()],
    );
    expect(rows).toEqual([{ status: "active" }]);
  });

  test("given a service that is asked by GET, its input is the query", async () => {
    const client = await connectPaying();
    const result = await client.callTool({
      name: "call_service",
      arguments: { providerId: "reader", service: "read", input: { q: "a b&c", n: 3 } },
    });
    expect(body(result)).toMatchObject({ status: 200, body: { letters: 3 } });
    expect(metaOf(result)[RECEIPT]).toMatchObject({ resource: "GET /api/p/reader/count?q=a+b%26c&n=3" });
  });

  test("given the session of an answer, the next calls need no challenge", async () => {
    const client = await connectPaying();
    const session = metaOf(await client.callTool(callCount))[SESSION];
    expect(session?.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const plain = await connect();
    const next = await plain.callTool({ ...callCount, _meta: { [SESSION]: session } });
    expect(body(next)).toMatchObject({ status: 200, body: { letters: 3 } });
    expect(metaOf(next)[RECEIPT]).toMatchObject({ via: "session" });
  });

  test("given a provider that fails, the tool says so, and nothing was charged", async () => {
    const client = await connectPaying();
    const result = await client.callTool({
      name: "call_service",
      arguments: { providerId: "letters", service: "broken" },
    });
    expect([result.isError, body(result).code]).toEqual([true, "upstream-failed"]);
    expect(metaOf(result)?.[RECEIPT]).toBeUndefined();
  });

  test("given a service that answers by events, they are handed on as a whole, with the receipt that came last", async () => {
    const client = await connectPaying();
    const answering = client.callTool({
      name: "call_service",
      arguments: { providerId: "letters", service: "events" },
    });
    await vi.waitFor(() => expect(provider.waiting()).toBe(1), { timeout: 20_000, interval: 20 });
    provider.release();
    const result = await answering;
    expect(String(body(result).body)).toContain("data: first\n\ndata: last\n\nevent: payment-receipt");
    expect(metaOf(result)[RECEIPT]).toMatchObject({ verificationLevel: "hash-committed" });
  });

  test("given a key without money, it stops at the caps or the empty wallet, and the provider hears nothing", async () => {
    const before = served();
    const client = await connectPaying(privateKeyToAccount(generatePrivateKey()));
    await expect(client.callTool(callCount)).rejects.toThrow(/fund/);
    expect(served()).toBe(before);
  });

  test("given one credential that is sent ten times at once, it is served once", async () => {
    const plain = await connect();
    const asked = await failure(
      plain.callTool({ ...callCount, arguments: { ...callCount.arguments, input: { n: 1 } } }),
    );
    const [challenge] = asked.data.challenges;
    const { Credential } = await import("mppx");
    const method = ledgerStream({ account: payer.account, caps });
    const header = await method.createCredential({ challenge } as never);
    const credential = Credential.deserialize(header);
    const before = served();
    const call = () =>
      plain.callTool({
        ...{ name: "call_service", arguments: { ...callCount.arguments, input: { n: 1 } } },
        _meta: { [CREDENTIAL]: credential },
      });
    const results = await Promise.allSettled(Array.from({ length: 10 }, call));
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const codes = results.flatMap((one) =>
      one.status === "rejected" ? [(one.reason as McpError).code] : [],
    );
    expect(new Set(codes)).toEqual(new Set([-32_043]));
    expect(served()).toBe(before + 1);
  });

  test("given a challenge of one call, its answer does not pay another one", async () => {
    const plain = await connect();
    const asked = await failure(plain.callTool(callCount));
    const { Credential } = await import("mppx");
    const header = await ledgerStream({ account: payer.account, caps }).createCredential({
      challenge: asked.data.challenges[0],
    } as never);
    const other = { providerId: "letters", service: "count", input: { other: true } };
    const refused = await failure(
      plain.callTool({
        ...{ name: "call_service", arguments: other },
        _meta: { [CREDENTIAL]: Credential.deserialize(header) },
      }),
    );
    expect(refused.code).toBe(-32_043);
  });
});

describe("the HTTP door of it", () => {
  test("given a page of another origin, or none that can be told, it is refused; a program and our own pages are not", async () => {
    const ping = rpc("ping");
    for (const origin of ["https://evil.example", "null", "http://localhost.evil.example:3000"]) {
      const refused = await post(ping, { Origin: origin });
      expect([refused.status, (await refused.json()).error.data.code]).toEqual([403, "forbidden-origin"]);
    }
    expect((await post(ping)).status).toBe(200);
    expect((await post(ping, { Origin: server.url })).status).toBe(200);
  });

  test("given a cookie, it signs nobody in: another site's page could ride on it", async () => {
    const call = rpc("tools/call", { name: "get_wallet", arguments: {} });
    const cookie = `session=${payer.token}`;
    const byHttp = await fetch(`${server.url}/api/v1/wallet`, { headers: { Cookie: cookie } });
    expect(byHttp.status).toBe(200);
    const answer = await (await post(call, { Cookie: cookie })).json();
    expect(answer.result.structuredContent.code).toBe("sign-in-required");
    const bearer = await (await post(call, { Authorization: payer.bearer })).json();
    expect(bearer.result.isError).toBeUndefined();
  });

  test("given what is no message, it is refused with the protocol's code before anything runs", async () => {
    const refused = async (message: unknown, headers?: Record<string, string>) => {
      const response = await post(message, headers);
      return [response.status, (await response.json()).error.code];
    };
    expect(await refused("{")).toEqual([400, -32_700]);
    expect(await refused([rpc("ping"), rpc("ping")])).toEqual([400, -32_600]);
    expect(await refused('"text"')).toEqual([400, -32_600]);
    expect(await refused(rpc("ping"), { "Content-Type": "text/plain" })).toEqual([415, -32_600]);
    expect(await refused(JSON.stringify(rpc("ping", { fill: "x".repeat(256 * 1024) })))).toEqual([
      413, -32_600,
    ]);
    expect(await refused(`${"[".repeat(5_000)}${"]".repeat(5_000)}`)).toEqual([400, -32_700]);
  });

  test.each(["GET", "DELETE", "PUT"])("given %s, it says that only POST is served", async (method) => {
    const response = await fetch(`${server.url}/api/mcp`, { method });
    expect([response.status, response.headers.get("Allow")]).toEqual([405, "POST"]);
  });

  test("given no session and no greeting, any server answers any message", async () => {
    const answer = await (await post(rpc("tools/list"))).json();
    expect(answer.result.tools.length).toBeGreaterThan(10);
  });

  test("given a credential beside params instead of inside, it is looked at as well", async () => {
    const message = { ...rpc("tools/call", callCount), _meta: { [CREDENTIAL]: { no: "credential" } } };
    expect((await (await post(message)).json()).error.code).toBe(-32_602);
  });
});
