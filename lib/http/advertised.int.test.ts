/** Every action that any document for agents advertises, walked on a real server with a chain: each has to answer as its own. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the server that is started has the database of this file.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  const { ownDevnet } = await import("@/lib/testing/own-devnet");
  await ownDatabase();
  await ownDevnet();
});

import { type RealPayer, realPayer } from "@/lib/testing/real-payer";
import { type RealProvider, realProvider } from "@/lib/testing/real-provider";
import { type RealServer, realServer } from "@/lib/testing/real-server";
import type { ManifestAction } from "./agent-manifest";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** The one service of a provider. `/count` of the test's provider answers always. */
const counting = (slug: string) => ({
  services: [
    {
      ...{ slug, name: slug, description: "", category: "data_analytics", capability: "letter-count" },
      ...{ method: "POST", path: "/count", inputSchema: { type: "object" }, pricingModel: "per_second" },
    },
  ],
});

type Manifest = {
  schema_version: string;
  protocol: string;
  node_id: string;
  currency: Record<string, unknown>;
  actions: ManifestAction[];
  discovery: Record<string, unknown> & { mcp: { endpoint: string; tool_count: number; tools: string[] } };
  maintainer_stance: Record<string, unknown>;
  not_offered?: string[];
};

let provider: RealProvider;
let server: RealServer;
let payer: RealPayer;

beforeAll(async () => {
  provider = await realProvider();
  server = await realServer({ UPSTREAM_ALLOW: provider.address });
  payer = await realPayer(server.url);
  const owner = await realPayer(server.url);
  await provider.list(owner, "letters", counting("count"));
});
afterAll(async () => {
  provider.close();
  await server.stop();
});

const text = async (path: string) => {
  const response = await fetch(server.url + path);
  expect([path, response.status]).toEqual([path, 200]);
  return response.text();
};
const json = async <T>(path: string) => JSON.parse(await text(path)) as T;

/** Asks for an action with nothing in it, and says what was answered. */
async function ask(action: Pick<ManifestAction, "endpoint" | "method">, token?: string) {
  const { endpoint, method } = action;
  const response = await fetch(`${server.url}${endpoint.replace(/\{\w+\}/g, "nothing")}`, {
    method,
    headers: {
      ...(method === "GET" ? {} : { "Content-Type": "application/json" }),
      ...(token ? { Authorization: token } : {}),
    },
    ...(method === "GET" ? {} : { body: "{}" }),
  });
  const { code = "", detail = "" } = (await response.json().catch(() => ({}))) as {
    code?: string;
    detail?: string;
  };
  return {
    status: response.status,
    code: /^(There is no such operation|A gateway has no)/.test(detail) ? "no-route" : code,
  };
}

/** A refusal of an operation's own: of an empty input, or about a thing that is not there. A missing route says something else. */
function isOwnAnswer({ status, code }: { status: number; code: string }): boolean {
  if ([200, 201].includes(status)) return true;
  if (["invalid-input", "invalid-signature", "not-available-here"].includes(code)) return true;
  return status === 404 && /^([a-z]+-)?not-found$/.test(code);
}

async function walk(actions: readonly ManifestAction[]): Promise<Record<"free" | "signIn" | "paid", number>> {
  const seen = { free: 0, signIn: 0, paid: 0 };
  for (const action of actions) {
    const { name, pricing, auth_required } = action;
    const answer = await ask(action);
    if (pricing.model === "stream") {
      expect([name, answer.status]).toEqual([name, 402]);
      seen.paid += 1;
    } else if (auth_required) {
      expect([name, answer]).toEqual([name, { status: 401, code: "sign-in-required" }]);
      seen.signIn += 1;
    } else {
      expect([name, answer, isOwnAnswer(answer)]).toEqual([name, answer, true]);
      seen.free += 1;
    }
  }
  return seen;
}

describe("the walk", () => {
  test("given an address where nothing is, it is no answer of anything's own", async () => {
    for (const endpoint of ["/api/v1/no-such", "/api/v1/streams/str_1/no-such", "/no-such"])
      for (const method of ["GET", "POST"]) {
        const answer = await ask({ endpoint, method });
        expect([endpoint, method, isOwnAnswer(answer)]).toEqual([endpoint, method, false]);
      }
  });
});

describe("the manifests", () => {
  test("given ours, every action answers as its own, and signed in those of an account do, too", async () => {
    const { actions } = await json<Manifest>("/.well-known/superstream-agent.json");
    const seen = await walk(actions);
    expect(seen.free).toBeGreaterThan(20);
    expect(seen.signIn).toBeGreaterThan(20);
    expect(seen.paid).toBe(1);
    // Signing out would end the walk.
    for (const action of actions.filter(
      ({ auth_required, name }) => auth_required && name !== "delete_session",
    )) {
      const answer = await ask(action, payer.bearer);
      expect([action.name, answer, isOwnAnswer(answer)]).toEqual([action.name, answer, true]);
    }
  });

  test("given ours, it has what requirement S3.1 asks for, with values that are so", async () => {
    const manifest = await json<Manifest>("/.well-known/superstream-agent.json");
    expect(manifest).toMatchObject({
      schema_version: "1.0",
      protocol: "mpp",
      node_id: new URL(server.url).host,
      currency: {
        ...{ unit: "USDCx", decimals: 18, anchor_flops_per_unit: null, anchor_constitutional: false },
        ...{ supply_cap: null, exchange_listed: false },
      },
      maintainer_stance: {
        ...{ exchange_listed: false, ico_or_presale: false, team_treasury: false },
        ...{ mainnet_operated_by_maintainers: false, reference: `${server.url}/docs` },
      },
    });
    const { mcp, ...documents } = manifest.discovery;
    for (const path of Object.values(documents)) await text(String(path));
    const listed = await fetch(server.url + mcp.endpoint, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    const { result } = (await listed.json()) as { result: { tools: { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).toEqual(mcp.tools);
    expect(mcp.tool_count).toBe(16);
  });

  test("given the Tirami-shaped one, it is ours with that node's names; what is not offered has no endpoint", async () => {
    const ours = await json<Manifest>("/.well-known/superstream-agent.json");
    const twin = await json<Manifest>("/.well-known/tirami-agent.json");
    expect(twin).toMatchObject({ ...ours, actions: expect.arrayContaining(ours.actions) });
    const added = twin.actions.filter(({ name }) => !ours.actions.some((action) => action.name === name));
    expect(added.map(({ name }) => name)).toEqual(["pricing_query", "peer_discovery", "metrics"]);
    await walk(added);
    expect(twin.not_offered).toEqual([
      ...["inference", "agent_message", "agent_task", "lend_offer", "stake", "governance_propose"],
    ]);
    const names = new Set(twin.actions.map(({ name }) => name));
    expect(twin.not_offered?.filter((name) => names.has(name))).toEqual([]);
  });

  test("given a provider of inference, the Tirami-shaped one has that action, and its door asks for payment", async () => {
    const owner = await realPayer(server.url);
    await provider.list(owner, "thinker", counting("inference"));
    const { actions, not_offered } = await json<Manifest>("/.well-known/tirami-agent.json");
    const found = actions.filter(({ name }) => name === "inference");
    expect(found.map(({ endpoint }) => endpoint)).toEqual(["/api/p/thinker/count"]);
    expect(await walk(found)).toEqual({ free: 0, signIn: 0, paid: 1 });
    expect(not_offered).not.toContain("inference");
  });

  test.each(["superstream-agent", "tirami-agent", "agent-card"])(
    "given %s.json was read before, it is not sent again",
    async (name) => {
      const url = `${server.url}/.well-known/${name}.json`;
      const first = await fetch(url);
      expect(first.headers.get("Cache-Control")).toBe("public, max-age=300");
      expect(first.headers.get("Access-Control-Allow-Origin")).toBe("*");
      await first.text();
      const etag = first.headers.get("ETag") ?? "";
      expect(etag).toMatch(/^"[\w-]{27}"$/);
      const again = await fetch(url, { headers: { "If-None-Match": etag } });
      expect([again.status, await again.text()]).toEqual([304, ""]);
    },
  );
});

describe("/openapi.json and /openapi/full.json", () => {
  test.each(["/openapi.json", "/openapi/full.json"])(
    "given %s, every path and method of it answers",
    async (document) => {
      const { paths } = await json<{ paths: Record<string, Record<string, Record<string, unknown>>> }>(
        document,
      );
      expect(Object.keys(paths).length).toBeGreaterThan(20);
      for (const [endpoint, item] of Object.entries(paths))
        for (const [method, operation] of Object.entries(item)) {
          const answer = await ask({ endpoint, method: method.toUpperCase() });
          const name =
            String(operation.operationId) === "getCategory" ? "get_category" : String(operation.operationId);
          const own = operation["x-payment-info"]
            ? answer.status === 402
            : operation.security
              ? answer.code === "sign-in-required"
              : isOwnAnswer(answer);
          expect([name, answer, own]).toEqual([name, answer, true]);
        }
    },
  );
});

describe("/llms.txt", () => {
  test("given every link and every address in it, something answers there", async () => {
    const llms = await text("/llms.txt");
    const links = [...llms.matchAll(/\]\((http[^)]+)\)/g)].map(([, url = ""]) => new URL(url).pathname);
    expect(links).toEqual(
      expect.arrayContaining(["/openapi.json", "/skill.md", "/.well-known/agent-card.json"]),
    );
    for (const path of links) await text(path);
    const asked = [...llms.matchAll(/(GET|POST|PUT) (http:\/\/127\.0\.0\.1:\d+)(\/api\/[\w/{}.-]*[\w}])/g)];
    expect(asked.length).toBeGreaterThan(15);
    for (const [, method = "", , endpoint = ""] of asked) {
      if (endpoint === "/api/mcp") continue; // Takes JSON-RPC: asked with the manifests.
      const answer = await ask({ endpoint, method });
      const known = [401, 402].includes(answer.status) || isOwnAnswer(answer);
      expect([endpoint, answer, known]).toEqual([endpoint, answer, true]);
    }
  });
});

describe("the agent card", () => {
  type Card = {
    supportedInterfaces: { url: string; protocolBinding: string; protocolVersion: string }[];
    capabilities: object;
    skills: { id: string; tags: string[]; examples: string[]; securityRequirements?: object[] }[];
    documentationUrl: string;
  };
  const send = async (card: Card, method: string, params: object, headers: Record<string, string> = {}) => {
    const [found] = card.supportedInterfaces;
    const response = await fetch(found?.url ?? "", {
      method: "POST",
      headers: { "Content-Type": "application/json", "A2A-Version": "1.0", ...headers },
      body: JSON.stringify({ jsonrpc: "2.0", id: 7, method, params }),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as {
      id: number;
      error?: { code: number };
      result?: { message: { role: string; parts: { data?: { code?: string }; text?: string }[] } };
    };
  };
  const message = (data: unknown) => ({
    message: { messageId: "m-1", role: "ROLE_USER", parts: [{ data, mediaType: "application/json" }] },
  });

  test("given its interface, it speaks what it says, and every skill of it answers as its own", async () => {
    const card = await json<Card>("/.well-known/agent-card.json");
    expect(card).toMatchObject({
      name: "Superstream",
      supportedInterfaces: [
        { url: `${server.url}/api/a2a`, protocolBinding: "JSONRPC", protocolVersion: "1.0" },
      ],
      capabilities: { streaming: false, pushNotifications: false, extendedAgentCard: false },
      defaultInputModes: ["application/json"],
    });
    await text(new URL(card.documentationUrl).pathname);
    expect(card.skills.map(({ id }) => id)).not.toContain("call_service");
    expect(card.skills).toHaveLength(15);
    for (const { id, examples, securityRequirements } of card.skills) {
      const example = JSON.parse(examples[0] ?? "") as object;
      const { result } = await send(card, "SendMessage", message(example));
      const code = result?.message.parts[0]?.data?.code ?? "served";
      const own = /^(served|invalid-input|(provider|service|stream|request)-not-found)$/.test(code);
      expect([id, code, securityRequirements ? code === "sign-in-required" : own]).toEqual([id, code, true]);
      const signedIn = await send(card, "SendMessage", message(example), { Authorization: payer.bearer });
      expect(signedIn.result?.message.parts[0]?.data?.code).not.toBe("sign-in-required");
    }
  });

  test("given words instead of an order, it says how to ask", async () => {
    const card = await json<Card>("/.well-known/agent-card.json");
    const params = { message: { messageId: "m-2", role: "ROLE_USER", parts: [{ text: "Hello" }] } };
    const { id, result } = await send(card, "SendMessage", params);
    expect([id, result?.message.role]).toEqual([7, "ROLE_AGENT"]);
    expect(result?.message.parts[0]?.text).toContain("list_providers");
  });

  test("given what it does not do, each is refused by the code that the specification has for it", async () => {
    const card = await json<Card>("/.well-known/agent-card.json");
    const code = async (method: string, params: object = {}, headers = {}) =>
      (await send(card, method, params, headers)).error?.code;
    expect(await code("GetTask", { id: "t" })).toBe(-32_001);
    expect(await code("CreateTaskPushNotificationConfig")).toBe(-32_003);
    expect(await code("SendStreamingMessage", message({}))).toBe(-32_004);
    expect(await code("SendMessage", message({}), { "A2A-Version": "0.3" })).toBe(-32_009);
    expect(await code("SendMessage", message({ skill: "call_service" }))).toBe(-32_602);
    expect(await code("SendMessage", { message: { role: "ROLE_AGENT", messageId: "m", parts: [] } })).toBe(
      -32_602,
    );
    expect(await code("message/send")).toBe(-32_601);
    expect((await send(card, "ListTasks", {})).result).toMatchObject({ tasks: [], totalSize: 0 });
  });
});

describe("/skill.md", () => {
  const run = promisify(execFile);

  test("given every command in it, it runs as it stands and ends well; the npm scripts exist", async () => {
    const skill = await text("/skill.md");
    expect(skill).toMatch(/^---\nname: superstream\ndescription: \S.{40,900}\n---\n/);
    const commands = [...skill.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) =>
      block.trim().split("\n"),
    );
    expect(commands.filter((command) => command.startsWith("curl "))).toHaveLength(9);
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
      scripts: Record<string, string>;
    };
    const npm = commands.flatMap((command) => /^npm run --silent (\S+)/.exec(command)?.[1] ?? []);
    expect(npm).toEqual(["agent:example", "agent:chain"]);
    for (const script of npm) expect(Object.keys(scripts)).toContain(script);
    const said = new Map<string, string>();
    for (const command of commands)
      said.set(command, (await run("bash", ["-c", command], { timeout: 60_000 })).stdout);
    for (const [command, output] of said) expect([command, output.length > 20]).toEqual([command, true]);
    const ended = (start: string) => [...said].find(([command]) => command.startsWith(start))?.[1];
    expect(ended("curl -s -D -")).toMatch(/^HTTP\/1\.1 402 /);
    expect(ended("npm run --silent agent:example")).toMatch(/refund/i);
    expect(provider.arrived.length).toBeGreaterThan(1);
  });
});
