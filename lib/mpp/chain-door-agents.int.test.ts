/** What agents that pay on a chain meet at the door: streams that they close, transactions that nobody has seen yet, caps of their own. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Receipt } from "mppx";
import { encodeFunctionData, type Hex, parseUnits } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { beforeAll, describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/chain-site")).startChainSite());

import { closeOnChain } from "@/agents/client/close-on-chain";
import { openEscrow } from "@/agents/client/open-on-chain";
import type { SpendingCaps } from "@/agents/client/spending-caps";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { encodeFlowTable } from "@/lib/rails/superfluid/flow-table";
import { type Agent, CAPS, chainAgents, USD } from "./testing/chain-agents";
import { OWNER } from "./testing/chain-site";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { url, devnet, newAgent } = site;
const { client, challengeOf, send } = chainAgents(site);

beforeAll(async () => {
  await site.mount("custom");
  await site.open();
});

describe("an agent that closes its stream", () => {
  test.each(["superfluid", "streampay"] as const)(
    "of %s is refused as soon as that is seen, and opens another one when it calls again",
    async (rail) => {
      const agent = await newAgent();
      const paid = client(agent, rail);
      const first = Receipt.fromResponse(await paid.fetch(url, site.init)) as unknown as { streamId: string };
      const challenge = await challengeOf(rail);
      expect(await closeOnChain({ ...agent, caps: CAPS }, challenge)).toMatch(/^0x[0-9a-f]{64}$/);
      expect(await closeOnChain({ ...agent, caps: CAPS }, challenge)).toBeNull();
      const code = async () =>
        ((await (await send(agent, await challengeOf(rail))).json()) as { code: string }).code;
      await expect.poll(code, { timeout: 10_000 }).toBe("stream/terminated");

      const again = await paid.fetch(url, site.init);
      expect(again.status).toBe(200);
      expect(Receipt.fromResponse(again)).not.toMatchObject({ streamId: first.streamId });
    },
  );

  test("a flow that was changed by hand keeps its other plans", async () => {
    const agent = await newAgent();
    const challenge = await challengeOf("superfluid");
    const [{ usdcx, cfaV1Forwarder }, other] = [devnet.addresses, { tag: 7n, rate: 5n }];
    const flow = async () =>
      agent.reader.readContract({
        address: cfaV1Forwarder,
        abi: cfaV1ForwarderAbi,
        functionName: "getFlowrate",
        args: [usdcx, agent.account.address, OWNER.address],
      });
    const opened = await agent.wallet.writeContract({
      address: cfaV1Forwarder,
      abi: cfaV1ForwarderAbi,
      functionName: "createFlow",
      args: [usdcx, agent.account.address, OWNER.address, other.rate, encodeFlowTable([other])],
    });
    await agent.reader.waitForTransactionReceipt({ hash: opened });
    expect((await client(agent, "superfluid").fetch(url, site.init)).status).toBe(200);
    expect(await flow()).toBe(11_574_074_074_079n);
    await closeOnChain({ ...agent, caps: CAPS }, challenge);
    expect(await flow()).toBe(5n);
  });

  test("the example of the repository does all of it", async () => {
    const key = generatePrivateKey();
    await newAgent(key);
    const args = [
      "--import",
      "./scripts/register-ts.mjs",
      "agents/examples/pay-on-chain.ts",
      "--url",
      site.baseUrl,
    ];
    args.push("--provider", "adder", "--path", "/add", "--input", site.init.body, "--rpc", devnet.rpcUrl);
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, AGENT_KEY: key },
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
    });
    expect(stdout).toMatch(/Opened and served in \d+ ms: \{"sum":42\}/);
    expect(stdout).toMatch(/Paid by streampay, receipt http/);
    expect(stdout).toMatch(/Closed by 0x[0-9a-f]{64}/);
  });
});

describe("a transaction that the market has not seen", () => {
  test("makes its payer wait, and nobody else; any other hash is worth nothing", async () => {
    const [payer, stranger] = [await newAgent(), await newAgent()];
    const elsewhere = await payer.wallet.sendTransaction({
      to: devnet.addresses.usdc,
      data: encodeFunctionData({
        abi: testUsdcAbi,
        functionName: "approve",
        args: [devnet.addresses.streamPay, parseUnits("9", 6)],
      }),
    });
    const resume = await site.pauseIndex();
    try {
      const challenge = await challengeOf("streampay");
      const token = { address: devnet.addresses.usdc, symbol: "USDC", decimals: 6 };
      const place = { streamPay: devnet.addresses.streamPay, token };
      const txHash = await openEscrow(payer, place, challenge.request, 1_000_000n);
      const told = async (agent: Agent, hash: Hex) => {
        const response = await send(agent, await challengeOf("streampay"), { txHash: hash });
        const { code } = (await response.json()) as { code: string };
        return { status: response.status, code, retryAfter: response.headers.get("retry-after") };
      };
      const unknown = { status: 402, code: "stream/not-found", retryAfter: null };
      expect(await told(payer, txHash)).toEqual({ status: 402, code: "stream/pending", retryAfter: "1" });
      expect(await told(stranger, txHash)).toEqual(unknown);
      expect(await told(payer, elsewhere)).toEqual(unknown);
      expect(await told(payer, `0x${"12".repeat(32)}`)).toEqual(unknown);
      expect((await send(payer, await challengeOf("streampay"), { txHash: "0x12" })).status).toBe(402);
    } finally {
      resume();
    }
    const served = async () => (await send(payer, await challengeOf("streampay"))).status;
    await expect.poll(served, { timeout: 5_000 }).toBe(200);
  });
});

describe("a client's caps", () => {
  test.each<{ given: string; over: Partial<SpendingCaps>; reason: string }>([
    { given: "a faster flow than allowed", over: { maxRatePerDay: USD / 2n }, reason: "rate-too-high" },
    { given: "a larger deposit than allowed", over: { maxDeposit: 1n }, reason: "deposit-too-high" },
    {
      given: "a stranger as recipient",
      over: { allowedRecipients: [`0x${"1".repeat(40)}`] },
      reason: "recipient-not-allowed",
    },
    { given: "another realm", over: { allowedRealms: ["elsewhere.test"] }, reason: "realm-not-allowed" },
  ])("given $given, nothing is sent on the chain", async ({ over, reason }) => {
    const agent = await newAgent();
    for (const rail of ["superfluid", "streampay"] as const)
      await expect(
        client(agent, rail, { caps: { ...CAPS, ...over } }).fetch(url, site.init),
      ).rejects.toMatchObject({
        name: "PaymentRefused",
        reason,
      });
    expect(await agent.reader.getTransactionCount({ address: agent.account.address })).toBe(0);
  });
});
