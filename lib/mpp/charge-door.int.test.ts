/** Single payments by stock clients, over the real ledger and a real chain with real USDC on it. */
import { ExactEvmScheme } from "@x402/evm";
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import { Challenge } from "mppx";
import { Mppx } from "mppx/client";
import { evm } from "mppx/evm/client";
import { type Hex, isAddressEqual } from "viem";
import { describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/charge-site")).startChargeSite());

import { ELSEWHERE, PRICE } from "./testing/charge-site";

const { devnet, url } = site;

describe("what is asked for", () => {
  test("one URL asks for a single payment first, and for a stream, in both protocols", async () => {
    const { accepts, response } = await site.offers();
    expect(accepts[0]).toEqual({
      ...{
        scheme: "exact",
        network: "eip155:31337",
        amount: "166667",
        asset: devnet.addresses.usdc,
        payTo: site.operator,
      },
      ...{
        maxTimeoutSeconds: 120,
        extra: { assetTransferMethod: "eip3009", name: "USD Coin", version: "2" },
      },
    });
    expect(accepts[1]).toMatchObject({ scheme: "stream" });
    const methods = Challenge.fromResponseList(response).map(({ method, intent }) => `${method}/${intent}`);
    expect(methods).toContain("evm/charge");
    expect(methods[0]).toBe("ledger/stream");
  });
});

describe("stock clients", () => {
  test("@x402/fetch pays once with real USDC: it is served, its credit streams, and the next call needs no payment", async () => {
    const payer = await site.newPayer();
    const before = await site.usdcOf(site.operator);
    const client = wrapFetchWithPaymentFromConfig(fetch, {
      schemes: [{ network: "eip155:31337", client: new ExactEvmScheme(payer) }],
      // A token that the library does not know: every user of it on a network of their own says so.
      spendControls: { allowedAssets: [{ network: "eip155:31337", asset: devnet.addresses.usdc }] },
    });
    const began = performance.now();
    const response = await client(url(), site.init);
    const tookMs = performance.now() - began;
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ sum: 42 });
    expect(tookMs).toBeLessThan(3_000);

    const receipt = decodePaymentResponseHeader(response.headers.get("payment-response") ?? "");
    expect(receipt).toMatchObject({ success: true, network: "eip155:31337", payer: payer.address });
    const mined = await devnet.chain.getTransactionReceipt({ hash: receipt.transaction as Hex });
    expect(mined.status).toBe("success");
    expect(isAddressEqual(mined.from, site.operator)).toBe(true);
    expect(await site.usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
    expect((await site.usdcOf(site.operator)) - before).toBe(PRICE);
    expect(await site.streamsOf(payer)).toEqual([
      {
        rail: "ledger",
        status: "active",
        tier: "basic",
        funded: "166667000000000000",
        provider_id: "adder",
      },
    ]);

    const session = response.headers.get("stream-session") ?? "";
    const next = await fetch(url(), {
      ...site.init,
      headers: { ...site.init.headers, "Stream-Session": session },
    });
    expect(next.status).toBe(200);
    expect(await site.usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
  });

  test("mppx's evm client pays the same route with real USDC, and again tops the same stream up", async () => {
    const payer = await site.newPayer();
    const client = Mppx.create({
      polyfill: false,
      methods: [evm({ account: payer, authorization: { name: "USD Coin", version: "2" } })],
    });
    const response = await client.fetch(url(), site.init);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ sum: 42 });
    const receipt = JSON.parse(
      Buffer.from(response.headers.get("payment-receipt") ?? "", "base64url").toString(),
    );
    expect(receipt).toMatchObject({ status: "success", via: "charge", tier: "basic" });
    expect(await site.usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);

    expect((await client.fetch(url(), site.init)).status).toBe(200);
    expect(await site.usdcOf(payer.address)).toBe(10_000_000_000n - 2n * PRICE);
    expect(await site.streamsOf(payer)).toEqual([
      {
        rail: "ledger",
        status: "active",
        tier: "basic",
        funded: "333334000000000000",
        provider_id: "adder",
      },
    ]);
  });
});

describe("one authorisation", () => {
  test("sent eight times at once and again later: one transfer, one credit, one call", async () => {
    const payer = await site.newPayer();
    const payment = await site.sign(payer);
    const credits = await site.count("journal_entry");
    const answers = await Promise.all(Array.from({ length: 8 }, () => site.pay(payment)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 402, 402, 402, 402, 402, 402, 402]);
    const late = await site.pay(payment);
    expect(late.status).toBe(402);
    expect(await late.json()).toMatchObject({ code: "invalid-challenge" });
    expect(await site.usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
    expect(await site.streamsOf(payer)).toMatchObject([{ funded: "166667000000000000" }]);
    expect((await site.count("journal_entry")) - credits).toBe(2); // The credit, and the deposit of the stream.
  });

  test("shown at another provider afterwards is refused, and moves nothing", async () => {
    const payer = await site.newPayer();
    const payment = await site.sign(payer);
    expect((await site.pay(payment)).status).toBe(200);
    const entries = await site.count("journal_entry");
    const elsewhere = await site.pay(payment, ELSEWHERE);
    expect(elsewhere.status).toBe(402);
    expect(await elsewhere.json()).toMatchObject({ code: "verification-failed" });
    expect(await site.count("journal_entry")).toBe(entries);
    expect(await site.streamsOf(payer)).toHaveLength(1);
  });
});

test("the books balance, and the chain holds at least what was credited", () => site.expectBalancedBooks());
