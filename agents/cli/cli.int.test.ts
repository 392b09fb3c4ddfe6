/** `npx superstream` as a person types it, against a real server. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the whole market is listed.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import { realPayer } from "@/lib/testing/real-payer";
import { type RealProvider, realProvider } from "@/lib/testing/real-provider";
import { type RealServer, realServer } from "@/lib/testing/real-server";
import { runProgram } from "@/lib/testing/run-program";
import { type SiteApi, signIn } from "../client/site-api";

const USD = 10n ** 18n;
const key = generatePrivateKey();
const account = privateKeyToAccount(key);
let provider: RealProvider;
let server: RealServer;
let api: SiteApi;
let folder = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "superstream-cli-"));
  provider = await realProvider();
  server = await realServer({ UPSTREAM_ALLOW: provider.address });
  await provider.list(await realPayer(server.url), "counter");
  api = await signIn(server.url, account);
  await api.post("/api/v1/wallet/faucet", { amount: String(10n * USD) });
}, 120_000);
afterAll(async () => {
  await server?.stop();
  provider?.close();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const superstream = (...args: string[]) =>
  runProgram("scripts/superstream.mjs", args, { AGENT_KEY: key, SUPERSTREAM_URL: server.url });
async function said(...args: string[]): Promise<string> {
  const { code, output } = await superstream(...args);
  expect(output).not.toMatch(/^npx superstream/m);
  expect(code).toBe(0);
  return output;
}
const json = async (...args: string[]) => JSON.parse(await said(...args, "--json"));

describe("the market", () => {
  test("is discovered and listed, for people and as JSON", async () => {
    expect(await said("discover")).toMatch(
      /Superstream on devnet: 5 paid services, in USDCx \(play money\)\./,
    );
    expect(await said("list-providers")).toMatch(/^provider +from a day +health/);
    expect(await said("list-providers")).toContain("counter   1 USDCx");
    expect(await json("list-providers", "--search", "counter")).toMatchObject([{ id: "counter" }]);
    expect(await said("list-providers", "--mine")).toBe("Nobody is listed.\n");
  }, 120_000);
});

describe("a stream", () => {
  test("is opened, topped up, listed and closed, and the money adds up", async () => {
    expect(await said("balance")).toContain(`10 USDCx in the ledger wallet of ${account.address}`);
    const stream = await json("open", "counter", "--deposit", "0.5");
    expect(stream).toMatchObject({ status: "active", funded: "500000000000000000" });
    expect(await said("top-up", stream.id, "0.25")).toMatch(/has 0\.749\d+ USDCx left/);
    expect(await said("streams", "--status", "active")).toContain(stream.id);
    const settled = await json("close", stream.id);
    expect(settled.status).toBe("settled");
    expect(BigInt(settled.totalPaid) + BigInt(settled.refund)).toBe(750_000_000_000_000_000n);
    expect(BigInt((await json("balance")).balance)).toBe(10n * USD - BigInt(settled.totalPaid));
  }, 120_000);
});

describe("a receipt", () => {
  test("is checked here; one with another price is not genuine, and the exit code says so", async () => {
    const buyer = await realPayer(server.url);
    const response = await buyer.pay(`${server.url}/api/p/counter/count`, { method: "POST", body: "{}" });
    const receipt = JSON.parse(
      Buffer.from(response.headers.get("payment-receipt") ?? "", "base64url").toString(),
    );
    expect(await said("receipts", "verify", receipt.requestId)).toMatch(/^The receipt is genuine: key /);
    expect(await said("receipts", "verify", `${server.url}/receipts/${receipt.requestId}`)).toContain(
      "genuine",
    );

    const file = join(folder, "receipt.json");
    writeFileSync(file, JSON.stringify({ ...receipt, price: "1" }));
    const forged = await superstream("receipts", "verify", file);
    expect(forged).toEqual({ code: 1, output: "The receipt is not genuine: bad-signature.\n" });
  }, 120_000);
});

describe("providers of one's own", () => {
  test("are moved to another endpoint with all that they sell, and listed once", async () => {
    const owner = {
      account,
      post: api.post,
    } as unknown as Parameters<RealProvider["list"]>[0];
    const twin = { model: "letters-1", capabilities: ["letter-count"] };
    await provider.list(owner, "mine", { ...twin, tierOverrides: { basic: { maxRequestsPerHour: 7 } } });
    const elsewhere = `http://${provider.address}/v2`;
    const before = await api.get("/api/v1/providers/mine");
    expect(await said("update-provider", elsewhere)).toBe(
      `mine is at ${elsewhere}, and was at http://${provider.address}.\n`,
    );
    const after = await api.get("/api/v1/providers/mine");
    const { endpoint: _was, updatedAt: _then, tiers: tiersBefore, health: _health, ...rest } = before;
    expect(after).toMatchObject({ ...rest, endpoint: elsewhere });
    const prices = (tiers: unknown) =>
      (tiers as { rate: unknown; maxRequestsPerHour: number }[]).map(({ rate, maxRequestsPerHour }) => ({
        rate,
        maxRequestsPerHour,
      }));
    expect(prices(after.tiers)).toEqual(prices(tiersBefore));

    await provider.list(owner, "mine-again", twin);
    expect(await said("cleanup-providers")).toBe("Would switch off mine-again (letters-1).\n");
    expect(await json("list-providers", "--mine")).toHaveLength(2);
    expect(await said("cleanup-providers", "--apply")).toBe("Switched off mine-again (letters-1).\n");
    expect(await json("list-providers", "--mine")).toMatchObject([{ id: "mine" }]);
    expect(await said("cleanup-providers", "--apply")).toBe("Nothing is listed twice.\n");
  }, 120_000);
});

describe("wrong use", () => {
  test.each([
    { args: [], code: 0, says: "npx superstream <command>" },
    { args: ["--help"], code: 0, says: "receipts verify <id, address or file>" },
    { args: ["open", "--help"], code: 0, says: "--deposit" },
    { args: ["fly"], code: 2, says: "There is no command fly." },
    { args: ["open"], code: 2, says: "The arguments do not fit." },
    { args: ["open", "counter", "--deposit", "-1"], code: 2, says: "--deposit" },
    { args: ["open", "counter", "--deposit", "0"], code: 2, says: "The amount is above 0." },
    { args: ["top-up", "str_1", "1e3"], code: 2, says: "Write an amount in digits" },
    { args: ["balance", "--url", "nowhere"], code: 2, says: "nowhere is no address of a site." },
    { args: ["open", "nobody"], code: 1, says: "404" },
    { args: ["close", "str_00000000000000000000000000000000"], code: 1, says: "404" },
    { args: ["demo", "--speed"], code: 2, says: "npm run demo" },
  ])(
    "$args ends with $code",
    async ({ args, code, says }) => {
      const ended = await superstream(...args);
      expect(ended.output).toContain(says);
      expect(ended.code).toBe(code);
    },
    60_000,
  );

  test("without a key nothing is asked of the site", async () => {
    const { code, output } = await runProgram("scripts/superstream.mjs", ["balance", "--url", server.url], {
      AGENT_KEY: "",
    });
    expect(output).toContain("AGENT_KEY is not set");
    expect(code).toBe(2);
  }, 60_000);
});
