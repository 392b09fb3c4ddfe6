/** Payments and signed messages of accounts with code: ERC-1271 and EIP-7702, by stock clients, with real USDC on a real chain. */
import { ExactEvmScheme } from "@x402/evm";
import { wrapFetchWithSIWx } from "@x402/extensions/sign-in-with-x";
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import { Challenge, Receipt } from "mppx";
import { Mppx } from "mppx/client";
import { evm } from "mppx/evm/client";
import { type Address, concat, type Hex } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { describe, expect, test, vi } from "vitest";

const site = await vi.hoisted(async () => (await import("./testing/charge-site")).startChargeSite());

import { PRICE } from "./testing/charge-site";
import { exactPayment } from "./testing/exact-payment";
import { accountOf, delegateToCode, newSmartAccount } from "./testing/smart-account";

vi.setConfig({ testTimeout: 60_000 });

const { devnet, url } = site;
const FUNDED = 10_000_000_000n;

const stockX402 = (account: PrivateKeyAccount) =>
  wrapFetchWithPaymentFromConfig(fetch, {
    schemes: [{ network: "eip155:31337", client: new ExactEvmScheme(account) }],
    spendControls: { allowedAssets: [{ network: "eip155:31337", asset: devnet.addresses.usdc }] },
  });
const stockMppx = (account: PrivateKeyAccount) =>
  Mppx.create({
    polyfill: false,
    methods: [evm({ account, authorization: { name: "USD Coin", version: "2" } })],
  });
const signIn = (account: PrivateKeyAccount) => wrapFetchWithSIWx(fetch, account)(url(), site.init);

/** What stock clients sign for `account`, sent by hand so that a refusal is read as the server says it. */
async function payAs(account: PrivateKeyAccount, door: typeof fetch = fetch) {
  const [offer] = (await site.offers()).accepts;
  if (!offer) throw new Error("Nothing is offered.");
  return door(site.paidRequest(await exactPayment(account, offer)));
}
async function chargeAs(account: PrivateKeyAccount) {
  const challenged = await fetch(url(), site.init);
  const challenge = Challenge.fromResponseList(challenged).find(({ method }) => method === "evm");
  if (!challenge) throw new Error("No evm/charge is offered.");
  const [method] = evm({ account, authorization: { name: "USD Coin", version: "2" } });
  const authorization = await method.createCredential({ challenge } as never);
  return fetch(url(), {
    ...site.init,
    headers: { ...site.init.headers, Authorization: authorization },
  });
}

const written = async () => [
  await site.count("chain_charge"),
  await site.count("chain_intent"),
  await site.count("journal_entry"),
];

describe("a smart account", () => {
  test("pays by @x402/fetch with its owner's signature, and signs in to the stream that it bought", async () => {
    const { account, address } = await newSmartAccount(devnet);
    const response = await stockX402(account)(url(), site.init);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ sum: 42 });
    const receipt = decodePaymentResponseHeader(response.headers.get("payment-response") ?? "");
    expect(receipt).toMatchObject({ success: true, payer: address });
    expect(await site.usdcOf(address)).toBe(FUNDED - PRICE);
    expect(await site.streamsOf(account)).toMatchObject([{ rail: "ledger", funded: "166667000000000000" }]);

    const signedIn = await signIn(account);
    expect(signedIn.status).toBe(200);
    expect(Receipt.fromResponse(signedIn)).toMatchObject({
      via: "siwx",
      payer: `did:pkh:eip155:31337:${address}`,
    });
    expect(await site.usdcOf(address)).toBe(FUNDED - PRICE);
  });

  test("pays by mppx's evm client with its owner's signature", async () => {
    const { account, address } = await newSmartAccount(devnet);
    const response = await stockMppx(account).fetch(url(), site.init);
    expect(response.status).toBe(200);
    expect(Receipt.fromResponse(response)).toMatchObject({ status: "success", via: "charge" });
    expect(await site.usdcOf(address)).toBe(FUNDED - PRICE);
  });

  test("pays with a signature that no key could make, such as that of three owners together", async () => {
    const { address } = privateKeyToAccount(generatePrivateKey());
    await devnet.fund(address);
    // Its code takes whatever it is shown; what counts here is that the token is shown it, byte for byte.
    await devnet.chain.setCode({ address, bytecode: "0x631626ba7e60e01b5f5260205ff3" });
    const signature: Hex = `0x${"ab".repeat(195)}`;
    const account = { ...accountOf(address, privateKeyToAccount(generatePrivateKey())) };
    account.signTypedData = async () => signature;
    for (const response of [await payAs(account), await chargeAs(account)]) expect(response.status).toBe(200);
    expect(await site.usdcOf(address)).toBe(FUNDED - 2n * PRICE);
    const { rows } = await (await site.db()).query(
      "select distinct position($2 in data) > 0 as shown from chain_intent where intent_key like $1",
      [`%:${address.toLowerCase()}:%`, "ab".repeat(195)],
    );
    expect(rows).toEqual([{ shown: true }]);
  });

  test("is not signed for by a stranger, nor by an owner who was removed: nothing is written", async () => {
    const { account, address, owner, removeOwner } = await newSmartAccount(devnet);
    expect((await stockX402(account)(url(), site.init)).status).toBe(200); // So that there is a stream to sign in to.
    const stranger = accountOf(address, privateKeyToAccount(generatePrivateKey()));
    await removeOwner();
    const before = await written();
    for (const one of [stranger, accountOf(address, owner)]) {
      for (const response of [await payAs(one), await chargeAs(one)]) {
        expect(response.status).toBe(402);
        expect(await response.json()).toMatchObject({
          code: "verification-failed",
          detail: expect.stringMatching(/not by the payer/),
        });
      }
      const signedIn = await signIn(one);
      expect(signedIn.status).toBe(402);
      expect(await signedIn.json()).toMatchObject({ code: "verification-failed" });
    }
    expect(await written()).toEqual(before);
    expect(await site.usdcOf(address)).toBe(FUNDED - PRICE);
  });

  test("whose owner is removed before a block takes the payment loses nothing, and is credited nothing", async () => {
    const { passOutbox } = await import("@/lib/outbox/run-outbox");
    const { account, removeOwner } = await newSmartAccount(devnet);
    const idle = await site.doorWith({ pass: async () => {}, patience: { patienceMs: 0, pollMs: 1 } });
    const [offer] = (await site.offers()).accepts;
    if (!offer) throw new Error("Nothing is offered.");
    const payment = await exactPayment(account, offer);
    expect(await (await idle(site.paidRequest(payment))).json()).toMatchObject({ code: "stream/pending" });
    await removeOwner();
    const intent = async () =>
      (
        await (
          await site.db()
        ).query("select state from chain_intent where intent_key like $1", [
          `%:${account.address.toLowerCase()}:%`,
        ])
      ).rows;
    await vi.waitFor(
      async () => {
        await passOutbox();
        expect(await intent()).toEqual([{ state: "failed" }]);
      },
      { timeout: 30_000, interval: 200 },
    );
    const late = await fetch(site.paidRequest(payment));
    expect(late.status).toBe(402);
    expect(await late.json()).toMatchObject({ code: "verification-failed" });
    expect(await site.usdcOf(account.address)).toBe(FUNDED);
    expect(await site.walletOf(account)).toBeUndefined();
    expect(await site.streamsOf(account)).toEqual([]);
  });
});

describe("a key whose address stands for code (EIP-7702)", () => {
  test("pays as that code judges: with its key where the code takes it, and not where it takes nothing", async () => {
    const key = await site.newPayer();
    const { address: implementation } = await newSmartAccount(devnet);
    await delegateToCode(devnet, key, implementation);
    expect(await devnet.chain.getCode({ address: key.address })).toBe(
      `0xef0100${implementation.slice(2).toLowerCase()}`,
    );
    expect((await stockX402(key)(url(), site.init)).status).toBe(200);
    expect((await stockMppx(key).fetch(url(), site.init)).status).toBe(200);
    expect(await site.usdcOf(key.address)).toBe(FUNDED - 2n * PRICE);

    // The same key, whose code now accepts nothing: the token would refuse it, so that no transaction is tried.
    const mute = privateKeyToAccount(generatePrivateKey()).address;
    await devnet.chain.setCode({ address: mute, bytecode: "0x00" });
    await devnet.chain.setCode({ address: key.address, bytecode: concat(["0xef0100", mute]) });
    const before = await written();
    for (const response of [await payAs(key), await chargeAs(key)])
      expect(await response.json()).toMatchObject({ code: "verification-failed" });
    expect(await written()).toEqual(before);
    // It still controls its address, and so what its address has on the ledger.
    expect((await signIn(key)).status).toBe(200);
  });
});

describe("a contract that is asked for its verdict", () => {
  test("may not spend more on it than a wallet needs, because the settlement pays for that", async () => {
    const { chargeSignatures } = await import("./verify-charge-signature");
    const { findDoorChain } = await import("./door-chain");
    const { doorTools } = await import("./paid-door");
    const [chain, token] = [findDoorChain(), await doorTools().charges?.token()];
    if (!chain || !token) throw new Error("No chain.");
    // Counts down from n, then answers the magic value.
    const spender = (rounds: number): Hex =>
      `0x62${rounds.toString(16).padStart(6, "0")}5b600190038060045763${"1626ba7e"}60e01b5f5260205ff3`;
    const verdict = async (rounds: number) => {
      const from: Address = privateKeyToAccount(generatePrivateKey()).address;
      await devnet.chain.setCode({ address: from, bytecode: spender(rounds) });
      const words = { from, to: site.operator, value: 1n, validAfter: 0n, validBefore: 2n ** 40n };
      return chargeSignatures(chain)(token, { ...words, nonce: `0x${"07".repeat(32)}` }, "0x1234");
    };
    expect(await verdict(1_000)).toMatchObject({ signedBy: "code", signature: "0x1234" });
    expect(await verdict(50_000)).toBeNull();
  });

  test("is not asked for a token that knows keys alone", async () => {
    const { readChargeToken } = await import("./charge-token");
    const { chargeSignatures } = await import("./verify-charge-signature");
    const { findDoorChain } = await import("./door-chain");
    const chain = findDoorChain();
    const dollar = chain?.terms.streampay?.token;
    if (!chain || !dollar) throw new Error("No chain.");
    expect(await readChargeToken(chain, site.operator)).toMatchObject({
      name: "USD Coin",
      version: "2",
      takesAccounts: true,
    });
    // Answers "USD" to calls without arguments, false to those with two, and has no other function.
    const address = privateKeyToAccount(generatePrivateKey()).address;
    await devnet.chain.setCode({
      address,
      bytecode:
        "0x36604414601157366004146016575f5ffd5b60205ff35b60205f5260036020526255534460e81b60405260605ff3",
    });
    const streampay = { ...chain.terms.streampay, token: { ...dollar, address } };
    const older = await readChargeToken(
      { ...chain, terms: { ...chain.terms, streampay } } as typeof chain,
      site.operator,
    );
    expect(older).toMatchObject({ name: "USD", version: "USD", takesAccounts: false });
    if (!older) throw new Error("Not a token.");

    const { account, address: from } = await newSmartAccount(devnet);
    const { authorizationDomain, authorizationTypes } = await import("./charge-authorization");
    const message = {
      ...{ from, to: site.operator, value: 1n, validAfter: 0n, validBefore: 2n ** 40n },
      nonce: `0x${"07".repeat(32)}` as Hex,
    };
    const typed = { types: authorizationTypes, primaryType: "TransferWithAuthorization", message } as const;
    const signature = await account.signTypedData({ domain: authorizationDomain(older), ...typed });
    expect(await chargeSignatures(chain)(older, message, signature)).toBeNull();
    const key = privateKeyToAccount(generatePrivateKey());
    const own = { ...message, from: key.address };
    const signed = await key.signTypedData({ domain: authorizationDomain(older), ...typed, message: own });
    expect(await chargeSignatures(chain)(older, own, signed)).toMatchObject({ signedBy: "key" });
  });
});

test("while the chain cannot be asked about a signature, nobody is told to pay: 503 without a challenge", async () => {
  const { createDoor, fetchDoor } = await import("./create-door");
  const { doorTools } = await import("./paid-door");
  const { account } = await newSmartAccount(devnet);
  const tools = doorTools();
  if (!tools.chain) throw new Error("No chain.");
  const client = () => Promise.reject(new Error("No node."));
  const door = fetchDoor(createDoor({ ...tools, chain: { ...tools.chain, client } }));
  const away = ((...request: Parameters<typeof fetch>) => door(new Request(...request))) as typeof fetch;
  for (const response of [
    await payAs(account, away),
    await wrapFetchWithSIWx(away, account)(url(), site.init),
  ]) {
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "stream/verification-unavailable" });
    expect(response.headers.get("www-authenticate")).toBeNull();
    expect(response.headers.get("payment-required")).toBeNull();
  }
});

test("the books balance, and the chain holds at least what was credited", () => site.expectBalancedBooks());
