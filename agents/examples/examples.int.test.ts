/** The two examples as a newcomer runs them: programs of their own, against a real server, a real provider and a real chain. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the server follows a chain, of which a database has one.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import { startTestDevnet } from "@/lib/testing/devnet";
import { realPayer } from "@/lib/testing/real-payer";
import { type RealProvider, realProvider } from "@/lib/testing/real-provider";
import { type RealServer, realServer } from "@/lib/testing/real-server";
import { runProgram } from "@/lib/testing/run-program";

const HELP = "--help    this text";
const CALL = ["--provider", "counter", "--path", "/count", "--input", '{"text":"abc"}'];

let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let provider: RealProvider;
let server: RealServer;

beforeAll(async () => {
  devnet = await startTestDevnet();
  provider = await realProvider();
  server = await realServer({ UPSTREAM_ALLOW: provider.address, RPC_URL: devnet.rpcUrl });
  await provider.list(await realPayer(server.url), "counter");
}, 120_000);
afterAll(async () => {
  await server?.stop();
  provider?.close();
  await devnet?.stop();
}, 60_000);

const run = (example: string, args: readonly string[]) =>
  runProgram(`agents/examples/${example}.ts`, args, { AGENT_KEY: undefined });

test("with a key and nothing else, an agent is served twice, closes, and is told what it paid", async () => {
  const { code, output } = await run("pay-by-the-second", ["--url", server.url, ...CALL]);
  expect(output).toContain('{"letters":3}');
  expect(output).toContain("POST /api/p/counter/count with nothing → 402");
  expect(output).toContain("POST /api/p/counter/count with the session → 200");
  expect(output).toMatch(/Closed \S+: paid 0\.\d{9} USDCx, refunded 0\.\d{9} USDCx\./);
  expect(code).toBe(0);
}, 60_000);

test.each(["superfluid", "streampay"])(
  "on a chain, an agent opens by %s, is served, and closes by a transaction",
  async (rail) => {
    const { code, output } = await run("pay-on-chain", [
      "--url",
      server.url,
      "--rpc",
      devnet.rpcUrl,
      "--rail",
      rail,
      ...CALL,
    ]);
    expect(output).toContain('{"letters":3}');
    expect(output).toContain(`Paid by ${rail}`);
    expect(output).toMatch(/Closed by 0x[0-9a-f]{64}/);
    expect(code).toBe(0);
  },
  60_000,
);

test.each(["pay-by-the-second", "pay-on-chain"])(
  "%s says how it is used, and refuses what it does not know",
  async (example) => {
    const help = await run(example, ["--help"]);
    expect(help.output).toContain(HELP);
    expect(help.code).toBe(0);
    const wrong = await run(example, ["--speed", "9"]);
    expect(wrong.output).toContain("Unknown option '--speed'");
    expect(wrong.code).toBe(2);
  },
  60_000,
);

test("a provider that is not there is a refusal, and the exit code says so", async () => {
  const { code, output } = await run("pay-by-the-second", [
    "--url",
    server.url,
    "--provider",
    "nobody",
    "--path",
    "/count",
  ]);
  expect(output).toContain("The call was refused: 404");
  expect(code).toBe(1);
}, 60_000);
