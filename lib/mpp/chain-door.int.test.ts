/** The methods `superfluid` and `streampay` of the door, by stock clients on a real chain, on both mounts. */
import { Challenge, Receipt } from "mppx";
import { beforeAll, describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/chain-site")).startChainSite());

import type { ChainRequest } from "./chain-methods";
import type { ReceiptJwk } from "./receipt-keys";
import { type ChainChallenge, chainAgents } from "./testing/chain-agents";
import { OWNER } from "./testing/chain-site";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const { url, devnet, newAgent } = site;
const { client, challenges, challengeOf, send } = chainAgents(site);

beforeAll(async () => {
  await site.open();
});

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
