/** The consumer agent as a person runs it: a program with a key, a real server, real providers that fail, and a real chain. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the server follows a chain, of which a database has one.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import { pool } from "@/lib/db/pool";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { startTestDevnet } from "@/lib/testing/devnet";
import { realPayer } from "@/lib/testing/real-payer";
import { type RealProvider, realProvider } from "@/lib/testing/real-provider";
import { type RealServer, realServer } from "@/lib/testing/real-server";
import { runProgram } from "@/lib/testing/run-program";
import { signIn } from "../client/site-api";
import { findOffers } from "./find-offers";
import { openBook } from "./open-book";
import { ledgerRail } from "./payment-rail";
import { runMandate } from "./run-mandate";

const PROGRAM = "agents/consumer/main.ts";
const DAY = 10n ** 18n;

let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let upstream: RealProvider;
let server: RealServer;
let state = "";

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), "superstream-consumer-"));
  devnet = await startTestDevnet();
  upstream = await realProvider();
  server = await realServer({ UPSTREAM_ALLOW: upstream.address, RPC_URL: devnet.rpcUrl });
  const owner = await realPayer(server.url);
  // Each has one service, `ask`; what stands behind it is what the provider is named for.
  await list(owner, "counter", { path: "/count", dollars: 3n, capability: "counting" });
  await list(owner, "breaks", { path: "/broken", dollars: 1n, capability: "counting" });
  await list(owner, "cuts", { path: "/cut", dollars: 2n, capability: "counting" });
  await list(owner, "waits", { path: "/slow", dollars: 1n, capability: "waiting" });
  await list(owner, "dear", { path: "/count", dollars: 9n, capability: "luxury" });
}, 120_000);
afterAll(async () => {
  upstream?.release();
  await server?.stop();
  upstream?.close();
  await devnet?.stop();
  rmSync(state, { recursive: true, force: true });
}, 60_000);

async function list(
  owner: Awaited<ReturnType<typeof realPayer>>,
  id: string,
  { path, dollars, capability }: { path: string; dollars: bigint; capability: string },
) {
  await upstream.list(owner, id, {
    ...{ capabilities: [capability], depositMs: 60_000 },
    tierOverrides: { basic: { rate: { amount: String(dollars * DAY), periodMs: 86_400_000 } } },
    services: [
      {
        ...{ slug: "ask", name: "Ask", description: "", category: "data_analytics", capability },
        ...{ method: "POST", path, inputSchema: { type: "object" }, pricingModel: "per_second" },
      },
    ],
  });
}

/** A key with 100 USDCx of play money in its ledger wallet, and on the chain. */
async function newAgent() {
  const key = generatePrivateKey();
  const account = privateKeyToAccount(key);
  const api = await signIn(server.url, account);
  await api.post("/api/v1/wallet/faucet", { amount: String(100n * DAY) });
  await devnet.fund(account.address);
  return { key, account, api };
}

type Agent = Awaited<ReturnType<typeof newAgent>>;

const argsFor = (capability: string, ...more: string[]) => [
  ...["--url", server.url, "--capability", capability, "--service", "ask", "--input", '{"text":"abc"}'],
  ...["--max-price", "0.00006", "--rpc", devnet.rpcUrl, ...more],
];
const settings = (agent: Agent) => ({
  AGENT_KEY: agent.key,
  AGENT_STATE: join(state, agent.account.address),
});
const run = (agent: Agent, ...args: string[]) => runProgram(PROGRAM, args, settings(agent));
const runJson = async (agent: Agent, ...args: string[]) => {
  const { code, output } = await run(agent, ...args, "--json");
  const receipt = JSON.parse(output.slice(output.indexOf("{")));
  return { code, receipt };
};
const opened = async (agent: Agent) => {
  const { rows } = await pool().query<{ provider_id: string; status: string; rail: string; billed: string }>(
    "select provider_id, status, rail, billed from stream where sender = $1 order by opened_ms",
    [agent.account.address.toLowerCase()],
  );
  return rows;
};
const leftIn = (agent: Agent) => readdirSync(settings(agent).AGENT_STATE);

describe("a purchase", () => {
  test("goes from the cheapest that fails to the next, in one accounting, and leaves nothing open", async () => {
    const agent = await newAgent();
    const { code, receipt } = await runJson(agent, ...argsFor("counting"));
    expect(code).toBe(0);
    expect(receipt.answer).toBe('{"letters":3}');
    expect(receipt.segments).toMatchObject([
      { provider: "breaks", outcome: "failed", receipt: null, ratePerDay: String(DAY) },
      { provider: "cuts", outcome: "failed", receipt: null },
      { provider: "counter", outcome: "served", reason: null, rail: "ledger" },
    ]);
    expect(receipt.segments[2].receipt).toMatch(new RegExp(`^${server.url}/receipts/`));
    // A minute of three dollars a day, rounded up.
    expect(receipt.segments[2].deposit).toBe("2083333333333334");

    const streams = await opened(agent);
    expect(streams.map(({ provider_id, status }) => `${provider_id} ${status}`)).toEqual([
      "breaks settled",
      "cuts settled",
      "counter settled",
    ]);
    const billed = streams.reduce((sum, stream) => sum + BigInt(stream.billed), 0n);
    expect(receipt.paid).toBe(String(billed));
    expect(BigInt(String((await agent.api.get("/api/v1/wallet")).balance))).toBe(100n * DAY - billed);
    expect(leftIn(agent)).toEqual([]);
    expect(await runInvariants(pool())).toEqual([]);
  }, 120_000);

  test("says in words what it cost and what is left", async () => {
    const { code, output } = await run(await newAgent(), ...argsFor("counting"));
    expect(code).toBe(0);
    expect(output).toContain('{"letters":3}');
    expect(output).toMatch(
      /counter on ledger: served in \d+\.\d s, paid 0\.\d{9} USDCx, refunded 0\.\d{9} USDCx/,
    );
    expect(output).toMatch(/Cost 0\.\d{9} USDCx of a budget of 1\.000000000 USDCx\./);
    expect(output).toMatch(/99\.\d{9} USDCx left in the ledger wallet\./);
  }, 120_000);

  test.each(["superfluid", "streampay"])(
    "is paid on a chain by %s, and settled there",
    async (rail) => {
      const agent = await newAgent();
      const { code, receipt } = await runJson(
        agent,
        ...argsFor("luxury", "--max-price", "0.001", "--rail", rail),
      );
      expect(receipt.segments).toMatchObject([{ provider: "dear", outcome: "served", rail, reason: null }]);
      expect(code).toBe(0);
      expect(await opened(agent)).toMatchObject([{ provider_id: "dear", status: "settled", rail }]);
      expect(receipt.segments[0].paid).not.toBeNull();
    },
    60_000,
  );
});

test("from the manifest alone to the first answer takes four requests, before anything is settled", async () => {
  const agent = await newAgent();
  const asked: string[] = [];
  const counting: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    const response = await fetch(request);
    asked.push(`${request.method} ${new URL(request.url).pathname} ${response.status}`);
    return response;
  };
  const mandate = {
    wanted: { capability: "luxury" },
    service: "ask",
    maxRatePerDay: 10n * DAY,
    budget: DAY,
    sessionMs: 60_000,
  };
  const { offers, siteTimeMs } = await findOffers(server.url, mandate, counting);
  const { answer } = await runMandate(mandate, offers, () => "{}", {
    ...{ site: server.url, payer: agent.account.address, rail: ledgerRail(agent.account, counting) },
    ...{ book: openBook(settings(agent).AGENT_STATE), sinceMs: siteTimeMs },
    api: async () => agent.api,
    signal: new AbortController().signal,
  });
  expect(answer).toBe('{"letters":3}');
  expect(asked).toEqual([
    "GET /.well-known/superstream-agent.json 200",
    "GET /api/v1/providers 200",
    "POST /api/p/dear/count 402",
    "POST /api/p/dear/count 200",
  ]);
  expect(await opened(agent)).toMatchObject([{ status: "settled" }]);
}, 120_000);

describe("limits", () => {
  test("who is too dear is not asked, and nothing is opened", async () => {
    const agent = await newAgent();
    const { code, receipt } = await runJson(agent, ...argsFor("luxury"));
    expect(code).toBe(1);
    expect(receipt).toMatchObject({
      answer: null,
      reason: "Every offer is down, too dear or too slow.",
      segments: [],
      paid: "0",
    });
    expect(await opened(agent)).toEqual([]);
  }, 120_000);

  test("a budget below the deposit that is asked for opens nothing", async () => {
    const agent = await newAgent();
    const { code, receipt } = await runJson(agent, ...argsFor("waiting", "--budget", "0.000694444444444444"));
    expect(code).toBe(1);
    expect(receipt).toMatchObject({ reason: "Every offer asks for a deposit above the budget.", paid: "0" });
    expect(await opened(agent)).toEqual([]);
  }, 120_000);

  test("what nobody offers is said to be so", async () => {
    const { code, output } = await run(await newAgent(), ...argsFor("alchemy"));
    expect(output).toContain("Nobody offers it.");
    expect(code).toBe(1);
  }, 120_000);

  test("an empty wallet is for a person: nobody else is asked", async () => {
    const agent = await newAgent();
    const poor = { ...agent, key: generatePrivateKey() };
    poor.account = privateKeyToAccount(poor.key);
    const { code, receipt } = await runJson(poor, ...argsFor("counting"));
    expect(code).toBe(1);
    expect(receipt.segments).toHaveLength(1);
    expect(receipt.reason).toContain("fund it, then call again");
    expect(receipt.paid).toBe("0");
  }, 120_000);

  test("a provider that takes longer than the session is left, and paid for its time alone", async () => {
    const agent = await newAgent();
    const { code, receipt } = await runJson(agent, ...argsFor("waiting", "--seconds", "5"));
    expect(code).toBe(1);
    expect(receipt.segments).toMatchObject([
      { outcome: "failed", reason: "The session was over before it answered." },
    ]);
    // The minute of a dollar a day that the provider asks for; five seconds and what it took to end are paid.
    expect(receipt.segments[0].deposit).toBe("694444444444445");
    expect(await opened(agent)).toMatchObject([{ status: "settled" }]);
    upstream.release();
  }, 120_000);
});

describe("a run that is ended", () => {
  /** A run whose provider does not answer, once its stream is open. */
  async function startWaiting(agent: Agent) {
    const before = upstream.waiting();
    const child = spawn(
      process.execPath,
      ["--import", "./scripts/register-ts.mjs", PROGRAM, ...argsFor("waiting")],
      { env: { ...process.env, ...settings(agent) }, stdio: ["ignore", "pipe", "pipe"] },
    );
    await vi.waitFor(() => expect(upstream.waiting()).toBe(before + 1), { timeout: 30_000 });
    return child;
  }

  test("by a signal closes what it has opened before it goes", async () => {
    const agent = await newAgent();
    const child = await startWaiting(agent);
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    expect(await gone).toEqual([130, null]);
    expect(await opened(agent)).toMatchObject([{ provider_id: "waits", status: "settled" }]);
    expect(leftIn(agent)).toEqual([]);
    upstream.release();
  }, 120_000);

  test("by force leaves a stream that the next run closes first; a second run at the same time is refused", async () => {
    const agent = await newAgent();
    const child = await startWaiting(agent);
    const second = await run(agent, ...argsFor("counting"));
    expect(second.output).toContain(`Process ${child.pid} runs with this key`);
    expect(second.code).toBe(1);

    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    upstream.release();
    expect((await opened(agent))[0]?.status).toBe("active");
    expect(leftIn(agent)).toHaveLength(1);

    const next = await run(agent, ...argsFor("counting"));
    expect(next.output).toMatch(
      /Closed \S+ of an earlier run: paid 0\.\d{9} USDCx, refunded 0\.\d{9} USDCx\./,
    );
    expect(next.code).toBe(0);
    expect((await opened(agent)).map(({ status }) => status)).toEqual([
      "settled",
      "settled",
      "settled",
      "settled",
    ]);
    expect(leftIn(agent)).toEqual([]);
  }, 120_000);
});

test("a stream that was open before, with the same key, stays open: the agent pays by one of its own", async () => {
  const agent = await newAgent();
  const first = await agent.api.post("/api/v1/streams", { providerId: "dear", tier: "basic" });
  await new Promise((resolve) => setTimeout(resolve, 1_100)); // The site's clock is read in whole seconds.
  const { code, receipt } = await runJson(agent, ...argsFor("luxury", "--max-price", "0.001"));
  expect(code).toBe(0);
  expect(receipt.segments).toMatchObject([{ provider: "dear", outcome: "served" }]);
  expect(receipt.segments[0].stream).not.toBe(first.id);
  expect(await agent.api.get(`/api/v1/streams/${first.id}`)).toMatchObject({ status: "active" });
  expect((await opened(agent)).map(({ status }) => status)).toEqual(["active", "settled"]);
}, 120_000);
