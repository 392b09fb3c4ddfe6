/** The methods `superfluid` and `streampay` of the door, by stock clients on a real chain, on both mounts. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Challenge, Credential, Receipt } from "mppx";
import { Mppx } from "mppx/client";
import { encodeFunctionData, type Hex, parseUnits } from "viem";
import { generatePrivateKey } from "viem/accounts";
import { beforeAll, describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/chain-site")).startChainSite());

import { type ChainStreamOptions, streampayStream, superfluidStream } from "@/agents/client/chain-stream";
import { closeOnChain } from "@/agents/client/close-on-chain";
import type { SpendingCaps } from "@/agents/client/spending-caps";
import { cfaV1ForwarderAbi } from "@/contracts-abi/superfluid";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { encodeFlowTable } from "@/lib/rails/superfluid/flow-table";
import type { ChainRequest } from "./chain-methods";
import type { ReceiptJwk } from "./receipt-keys";
import { streamTypedData } from "./stream-typed-data";
import { OWNER } from "./testing/chain-site";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const USD = 10n ** 18n;
const caps: SpendingCaps = { maxRatePerDay: 2n * USD, maxDeposit: 5n * USD, maxTotal: 20n * USD };
const { url, devnet, newAgent } = site;
type Agent = Awaited<ReturnType<typeof newAgent>>;
type ChainChallenge = Challenge.Challenge<ChainRequest, "stream", "superfluid" | "streampay">;

beforeAll(async () => {
  await site.open();
});

function client(agent: Agent, rail: "superfluid" | "streampay", over: Partial<ChainStreamOptions> = {}) {
  const method = rail === "superfluid" ? superfluidStream : streampayStream;
  return Mppx.create({
    polyfill: false,
    methods: [method({ ...agent, caps, waitMs: 300, ...over })],
    maxPaymentRetries: 20,
  });
}

async function challenges(headers: Record<string, string> = {}, at = url) {
  const response = await fetch(at, { ...site.init, headers: { ...site.init.headers, ...headers } });
  return Challenge.fromResponseList(response);
}

async function challengeOf(rail: "superfluid" | "streampay"): Promise<ChainChallenge> {
  const found = (await challenges()).find(({ method }) => method === rail);
  if (!found) throw new Error(`No challenge of ${rail}.`);
  return found as ChainChallenge;
}

/** Signs by hand what a client would, with members that no client would send. */
async function send(agent: Agent, challenge: ChainChallenge, members: object = {}) {
  const payload = { action: "prove", payer: agent.account.address } as const;
  const signature = await agent.account.signTypedData(streamTypedData(challenge, payload));
  const credential = Credential.from({
    challenge,
    payload: { ...payload, type: "proof", signature, ...members },
  });
  return fetch(url, {
    ...site.init,
    headers: { ...site.init.headers, Authorization: Credential.serialize(credential) },
  });
}

describe.each(["custom", "next"] as const)("mounted as %s", (mount) => {
  beforeAll(() => site.mount(mount));

  test("a stranger gets one challenge a rail, in less than 8 kB, with exact prices", async () => {
    const response = await fetch(url, site.init);
    const size = [...response.headers].reduce(
      (sum, [name, value]) => sum + name.length + value.length + 4,
      0,
    );
    expect(size).toBeLessThan(8_192);
    const [ledger, superfluid, streampay, ...more] = Challenge.fromResponseList(response);
    expect(more.map(({ method }) => method)).toEqual(["evm"]);
    expect([ledger?.method, superfluid?.method, streampay?.method]).toEqual([
      "ledger",
      "superfluid",
      "streampay",
    ]);
    const common = {
      chainId: 31_337,
      plan: "adder",
      tier: "basic",
      // sha256("adder") begins with these 8 bytes.
      tag: "13232368426471654443",
      minRunway: "0",
      costPerRequest: "0",
      credentialTypes: ["proof"],
      nonce: expect.stringMatching(/^.{22}$/),
      next: "prove",
    };
    expect(superfluid?.request).toEqual({
      amount: "11574074074074",
      unitType: "second",
      currency: devnet.addresses.usdcx,
      recipient: OWNER.address,
      suggestedDeposit: "166666666666665600",
      methodDetails: {
        ...common,
        model: "cfa-v1",
        agreement: devnet.addresses.cfaV1Forwarder,
        rate: { amount: "11574074074074", periodSeconds: "1" },
        token: "USDCx",
        decimals: 18,
        flowTable: [{ tag: common.tag, rate: "11574074074074" }],
      },
    });
    expect(streampay?.request).toEqual({
      amount: "11",
      unitType: "second",
      currency: devnet.addresses.usdc,
      recipient: OWNER.address,
      suggestedDeposit: "166667",
      methodDetails: {
        ...common,
        model: "escrow-v1",
        agreement: devnet.addresses.streamPay,
        rate: { amount: "1000000", periodSeconds: "86400" },
        token: "USDC",
        decimals: 6,
      },
    });
    const x402 = JSON.parse(Buffer.from(response.headers.get("payment-required") ?? "", "base64").toString());
    expect(x402.accepts.filter(({ scheme }: { scheme: string }) => scheme === "stream")).toMatchObject([
      { asset: "USDCx", network: "eip155:31337", extra: { method: "ledger" } },
      { asset: devnet.addresses.usdcx, amount: "11574074074074", extra: { method: "superfluid" } },
      { asset: devnet.addresses.usdc, amount: "11", extra: { method: "streampay", decimals: 6 } },
    ]);
  });

  test("a service with a price of its own is offered on the ledger alone", async () => {
    const offered = await challenges({}, url.replace(/\/add$/, "/priced"));
    expect(offered.map(({ method }) => method).filter((method) => method !== "evm")).toEqual(["ledger"]);
  });

  test.each([
    { accepts: "superfluid/stream", methods: ["superfluid"] },
    { accepts: "streampay/stream, ledger/stream;q=0.5", methods: ["streampay", "ledger"] },
    { accepts: "*/stream, superfluid/stream;q=0", methods: ["ledger", "streampay"] },
    { accepts: "stripe/charge", methods: ["ledger", "superfluid", "streampay"] },
    { accepts: "superfluid", methods: ["ledger", "superfluid", "streampay"] },
  ])("Accept-Payment: $accepts is offered $methods", async ({ accepts, methods }) => {
    const offered = await challenges({ "Accept-Payment": accepts });
    expect(offered.map(({ method }) => method).filter((method) => method !== "evm")).toEqual(methods);
  });

  test.each([
    { rail: "superfluid", asset: "usdcx", decimals: 18 },
    { rail: "streampay", asset: "usdc", decimals: 6 },
  ] as const)(
    "the stock mppx client opens a stream of $rail and is served; how long that took is printed",
    async (expected) => {
      const agent = await newAgent();
      const paid = client(agent, expected.rail);
      const started = performance.now();
      const response = await paid.fetch(url, site.init);
      const tookMs = performance.now() - started;
      expect({ status: response.status, body: await response.json() }).toEqual({
        status: 200,
        body: { sum: 42 },
      });
      console.info(`${mount}, ${expected.rail}: from nothing to served in ${Math.round(tookMs)} ms`);
      const receipt = Receipt.fromResponse(response) as unknown as Record<string, string>;
      expect(receipt).toMatchObject({
        method: expected.rail,
        via: "proof",
        asset: `eip155:31337/erc20:${devnet.addresses[expected.asset].toLowerCase()}`,
        decimals: expected.decimals,
        payer: `did:pkh:eip155:31337:${agent.account.address}`,
      });
      // Signed as on the ledger.
      const { receiptJwks } = await import("./secrets");
      const { verifyReceipt } = await import("./verify-receipt");
      const keys: ReceiptJwk[] = await receiptJwks();
      expect((await verifyReceipt(receipt, keys)).valid).toBe(true);

      const session = { "Stream-Session": response.headers.get("stream-session") ?? "" };
      const again = await fetch(url, { ...site.init, headers: { ...site.init.headers, ...session } });
      expect(again.status).toBe(200);
      expect(Receipt.fromResponse(again)).toMatchObject({ method: expected.rail, via: "session" });
      // A client of another life finds the stream: nothing is sent on the chain.
      const nonce = await agent.reader.getTransactionCount({ address: agent.account.address });
      expect((await client(agent, expected.rail).fetch(url, site.init)).status).toBe(200);
      expect(await agent.reader.getTransactionCount({ address: agent.account.address })).toBe(nonce);
    },
  );

  test.each(["superfluid", "streampay"] as const)(
    "ten first calls at once open one stream of %s",
    async (rail) => {
      const agent = await newAgent();
      const paid = client(agent, rail);
      const responses = await Promise.all(Array.from({ length: 10 }, () => paid.fetch(url, site.init)));
      const streams = responses.map((response) => {
        expect(response.status).toBe(200);
        return (Receipt.fromResponse(response) as unknown as { streamId: string }).streamId;
      });
      expect(new Set(streams).size).toBe(1);
    },
  );

  test.each(["open", "topUp", "close"])(
    "%s by credential is refused on a chain, with no challenge to repeat it",
    async (action) => {
      const agent = await newAgent();
      for (const rail of ["superfluid", "streampay"] as const) {
        const response = await send(agent, await challengeOf(rail), {
          action,
          deposit: "1",
          amount: "1",
          streamId: "str_1",
        });
        expect(response.status).toBe(409);
        expect(response.headers.get("www-authenticate")).toBeNull();
        expect(await response.json()).toMatchObject({ code: "stream-on-chain" });
      }
    },
  );

  test("a proof for one rail is none for another, nor for changed terms", async () => {
    const agent = await newAgent();
    const [superfluid, streampay] = [await challengeOf("superfluid"), await challengeOf("streampay")];
    const forged: ChainChallenge[] = [
      { ...superfluid, method: "streampay" },
      { ...superfluid, request: streampay.request },
      { ...streampay, request: { ...streampay.request, recipient: agent.account.address } },
      { ...streampay, request: { ...streampay.request, currency: agent.account.address } },
      ...(["agreement", "tag", "token", "tier", "plan"] as const).map((key) => {
        const value = {
          agreement: agent.account.address,
          tag: "1",
          token: "SCAM",
          tier: "enterprise",
          plan: "other",
        }[key];
        const request = {
          ...streampay.request,
          methodDetails: { ...streampay.request.methodDetails, [key]: value },
        };
        return { ...streampay, request: request as ChainRequest };
      }),
    ];
    for (const challenge of forged) {
      const response = await send(agent, challenge);
      expect(response.status).toBe(402);
      expect(await response.json()).toMatchObject({ code: "invalid-challenge" });
    }
  });
});

describe("an agent that closes its stream", () => {
  beforeAll(() => site.mount("custom"));

  test.each(["superfluid", "streampay"] as const)(
    "of %s is refused as soon as that is seen, and opens another one when it calls again",
    async (rail) => {
      const agent = await newAgent();
      const paid = client(agent, rail);
      const first = Receipt.fromResponse(await paid.fetch(url, site.init)) as unknown as { streamId: string };
      const challenge = await challengeOf(rail);
      expect(await closeOnChain({ ...agent, caps }, challenge)).toMatch(/^0x[0-9a-f]{64}$/);
      expect(await closeOnChain({ ...agent, caps }, challenge)).toBeNull();
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
    await closeOnChain({ ...agent, caps }, challenge);
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
  beforeAll(() => site.mount("custom"));

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
    const { openEscrow } = await import("@/agents/client/open-on-chain");
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
  beforeAll(() => site.mount("custom"));

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
        client(agent, rail, { caps: { ...caps, ...over } }).fetch(url, site.init),
      ).rejects.toMatchObject({
        name: "PaymentRefused",
        reason,
      });
    expect(await agent.reader.getTransactionCount({ address: agent.account.address })).toBe(0);
  });
});
