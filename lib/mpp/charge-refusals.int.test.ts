/** Single payments that do not hold: refused before anything is written, over the real ledger and a real chain. */
import { toHex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/charge-site")).startChargeSite());

import type { ExactOffer, Signing } from "./testing/exact-payment";

const { devnet } = site;

describe("what does not hold is refused, and nothing is written", () => {
  const stranger = privateKeyToAccount(generatePrivateKey()).address;
  const now = () => BigInt(Math.floor(Date.now() / 1000));
  const cases: [string, () => Signing, () => Partial<ExactOffer>, RegExp][] = [
    ["to another recipient", () => ({ to: stranger }), () => ({}), /another recipient/],
    [
      "for another recipient by its own words",
      () => ({ to: stranger }),
      () => ({ payTo: stranger }),
      /another recipient/,
    ],
    [
      "in another token",
      () => ({ verifyingContract: devnet.addresses.usdcx }),
      () => ({ asset: devnet.addresses.usdcx }),
      /another token/,
    ],
    [
      "signed for another token",
      () => ({ verifyingContract: devnet.addresses.usdcx }),
      () => ({}),
      /not by the payer/,
    ],
    ["on another chain", () => ({ chainId: 8_453 }), () => ({ network: "eip155:8453" }), /another chain/],
    ["signed for another chain", () => ({ chainId: 8_453 }), () => ({}), /not by the payer/],
    ["in another scheme", () => ({}), () => ({ scheme: "upto" }), /scheme exact/],
    ["of 18 decimals", () => ({ value: 166_667n * 10n ** 12n }), () => ({}), /166667 base units/],
    ["of one unit less", () => ({ value: 166_666n }), () => ({ amount: "166666" }), /166667 base units/],
    ["of a cheaper offer", () => ({ value: 1n }), () => ({ amount: "1" }), /166667 base units/],
    ["that has expired", () => ({ validBefore: now() - 1n }), () => ({}), /expired/],
    [
      "that begins tomorrow",
      () => ({ validAfter: now() + 86_400n, validBefore: now() + 90_000n }),
      () => ({}),
      /not valid yet/,
    ],
    ["by somebody else's name", () => ({ from: stranger }), () => ({}), /not by the payer/],
    ["of another version of the token", () => ({ version: "1" }), () => ({}), /not by the payer/],
  ];
  test.each(cases)("a payment %s", async (_what, bend, accepted, reason) => {
    const payer = await site.newPayer();
    const payment = await site.sign(payer, bend(), accepted());
    const [charges, intents, entries] = [
      await site.count("chain_charge"),
      await site.count("chain_intent"),
      await site.count("journal_entry"),
    ];
    const response = await site.pay(payment);
    expect(response.status).toBe(402);
    const body = await response.json();
    expect(body.code).toBe("verification-failed");
    expect(body.detail).toMatch(reason);
    expect(response.headers.get("payment-response")).toBeNull();
    expect([
      await site.count("chain_charge"),
      await site.count("chain_intent"),
      await site.count("journal_entry"),
    ]).toEqual([charges, intents, entries]);
    expect(await site.usdcOf(payer.address)).toBe(10_000_000_000n);
  });

  test("a payment by a wallet without the money", async () => {
    const payer = await site.newPayer(false);
    const intents = await site.count("chain_intent");
    const response = await site.pay(await site.sign(payer));
    expect(response.status).toBe(402);
    expect((await response.json()).detail).toMatch(/does not have that much USDC/);
    expect(await site.count("chain_intent")).toBe(intents);
  });

  test("an authorisation that was used on the chain already", async () => {
    const payer = await site.newPayer();
    const nonce = toHex(crypto.getRandomValues(new Uint8Array(32)));
    const payment = await site.sign(payer, { nonce });
    expect((await site.pay(payment)).status).toBe(200);
    await (await site.db()).query("delete from chain_charge where nonce = $1", [nonce]); // Another installation's books.
    const response = await site.pay(payment);
    expect(response.status).toBe(402);
    expect((await response.json()).detail).toMatch(/was used/);
    const { rows } = await (await site.db()).query(
      "select count(*)::int as n from chain_intent where intent_key like $1",
      [`%${nonce}`],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test.each([
    ["no base64 JSON", "e30="],
    ["of version 1", Buffer.from('{"x402Version":1,"payload":{}}').toString("base64")],
  ])("a header that is %s", async (_what, header) => {
    const response = await site.pay(header);
    expect(response.status).toBe(402);
    expect(await response.json()).toMatchObject({ code: "malformed-credential" });
  });

  test("two payments in one request", async () => {
    const response = await fetch(site.url(), {
      ...site.init,
      headers: {
        ...site.init.headers,
        "PAYMENT-SIGNATURE": "e30=",
        Authorization: "Payment e30",
      },
    });
    expect(response.status).toBe(400);
  });
});
