/** Single payments by stock clients, over the real ledger and a real chain with real USDC on it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ExactEvmScheme } from "@x402/evm";
import { decodePaymentResponseHeader, wrapFetchWithPaymentFromConfig } from "@x402/fetch";
import { Challenge } from "mppx";
import { Mppx } from "mppx/client";
import { evm } from "mppx/evm/client";
import { type Address, type Hex, isAddressEqual, toHex } from "viem";
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { testUsdcAbi } from "@/contracts-abi/test-usdc";
import { startTestDevnet } from "@/lib/testing/devnet";
import { authorizationTypes, splitSignature } from "./charge-authorization";

await vi.hoisted(async () => (await import("@/lib/testing/own-database")).useOwnDatabase());

/** Four hours of a dollar a day, rounded up to a millionth of a dollar. */
const PRICE = 166_667n;
const servers: Server[] = [];
let devnet: Awaited<ReturnType<typeof startTestDevnet>>;
let site = "";
let operator: Address;

async function listen(handler: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(handler as never);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  devnet = await startTestDevnet();
  const upstream = await listen((_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end('{"answer":42}');
  });
  let listener: (...args: never[]) => unknown = () => {};
  site = `http://${await listen(((...args: never[]) => listener(...args)) as never)}`;
  vi.stubEnv("RPC_URL", devnet.rpcUrl);
  vi.stubEnv("ORIGIN", site);
  vi.stubEnv("UPSTREAM_ALLOW", upstream);
  vi.resetModules(); // The devnet has read the settings: what is imported from here on reads them again.
  const { registerProvider } = await import("@/lib/market/register-provider");
  for (const id of ["oracle", "sibyl"])
    await registerProvider({
      ...{
        id,
        owner: privateKeyToAccount(generatePrivateKey()).address.toLowerCase(),
        name: id,
        description: "Answers.",
      },
      ...{
        endpoint: `http://${upstream}/v1`,
        capabilities: ["answering"],
        category: "scientific_computing",
        model: null,
      },
      ...{
        serviceType: 0,
        depositMs: 14_400_000n,
        graceMs: 900_000n,
        maxConcurrency: 8,
        active: true,
        tierOverrides: {},
      },
      services: [
        {
          ...{ slug: "ask", method: "GET", path: "/ask", name: "Ask", description: "", pricePerCall: 0n },
          ...{ category: "scientific_computing", capability: "answering", inputSchema: { type: "object" } },
          ...{ outputSchema: null, pricingModel: "per_second" },
        },
      ],
    });
  const { lightListener } = await import("@/lib/http/light-listener");
  const { paidDoor } = await import("./paid-door");
  listener = lightListener(paidDoor, { origin: site, onError: console.error }) as never;
  const { findOperatorAccount } = await import("@/lib/outbox/operator-account");
  const account = findOperatorAccount();
  if (!account) throw new Error("The devnet has no operator.");
  operator = account.address;
});
afterAll(async () => {
  for (const server of servers) server.close();
  await devnet?.stop();
});

const db = async () => (await import("@/lib/db/pool")).pool();
const url = (provider = "oracle") => `${site}/api/p/${provider}/ask`;
const usdcOf = (address: Address) =>
  devnet.chain.readContract({
    ...{ address: devnet.addresses.usdc, abi: testUsdcAbi, functionName: "balanceOf", args: [address] },
  });
async function newPayer(funded = true): Promise<PrivateKeyAccount> {
  const account = privateKeyToAccount(generatePrivateKey());
  if (funded) await devnet.fund(account.address);
  return account;
}
async function count(table: "chain_charge" | "chain_intent" | "journal_entry" | "stream"): Promise<number> {
  const { rows } = await (await db()).query<{ n: number }>(`select count(*)::int as n from ${table}`);
  return rows[0]?.n ?? -1;
}
async function streamsOf(payer: PrivateKeyAccount) {
  const { rows } = await (await db()).query(
    "select rail, status, tier, funded, provider_id from stream where sender = $1 order by opened_ms",
    [payer.address.toLowerCase()],
  );
  return rows;
}

type Offer = {
  scheme: string;
  network: string;
  amount: string;
  asset: Address;
  payTo: Address;
  extra: Record<string, unknown>;
};
async function offers(provider?: string): Promise<{ accepts: Offer[]; response: Response }> {
  const response = await fetch(url(provider));
  expect(response.status).toBe(402);
  const required = Buffer.from(response.headers.get("payment-required") ?? "", "base64").toString();
  return { accepts: JSON.parse(required).accepts, response };
}

type Signing = Partial<{
  value: bigint;
  to: Address;
  from: Address;
  validAfter: bigint;
  validBefore: bigint;
  nonce: Hex;
  chainId: number;
  verifyingContract: Address;
  version: string;
}>;
/** What a client of x402 would send, but for what a test bends. */
async function exactPayment(
  payer: PrivateKeyAccount,
  bend: Signing = {},
  accepted: Partial<Offer> = {},
): Promise<string> {
  const offer = (await offers()).accepts[0];
  if (!offer) throw new Error("Nothing is offered.");
  const now = BigInt(Math.floor(Date.now() / 1000));
  const message = {
    from: bend.from ?? payer.address,
    to: bend.to ?? offer.payTo,
    value: bend.value ?? BigInt(offer.amount),
    validAfter: bend.validAfter ?? now - 600n,
    validBefore: bend.validBefore ?? now + 600n,
    nonce: bend.nonce ?? toHex(crypto.getRandomValues(new Uint8Array(32))),
  };
  const signature = await payer.signTypedData({
    domain: {
      ...{ name: "USD Coin", version: bend.version ?? "2", chainId: bend.chainId ?? 31_337 },
      verifyingContract: bend.verifyingContract ?? devnet.addresses.usdc,
    },
    ...{ types: authorizationTypes, primaryType: "TransferWithAuthorization", message },
  });
  const authorization = Object.fromEntries(
    Object.entries(message).map(([name, value]) => [name, String(value)]),
  );
  const payment = {
    x402Version: 2,
    accepted: { ...offer, ...accepted },
    payload: { signature, authorization },
  };
  return Buffer.from(JSON.stringify(payment)).toString("base64");
}
const pay = (payment: string, provider?: string) =>
  fetch(url(provider), { headers: { "PAYMENT-SIGNATURE": payment } });

describe("what is asked for", () => {
  test("one URL asks for a single payment first, and for a stream, in both protocols", async () => {
    const { accepts, response } = await offers();
    expect(accepts[0]).toEqual({
      ...{
        scheme: "exact",
        network: "eip155:31337",
        amount: "166667",
        asset: devnet.addresses.usdc,
        payTo: operator,
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
    const payer = await newPayer();
    const before = await usdcOf(operator);
    const client = wrapFetchWithPaymentFromConfig(fetch, {
      schemes: [{ network: "eip155:31337", client: new ExactEvmScheme(payer) }],
      // A token that the library does not know: every user of it on a network of their own says so.
      spendControls: { allowedAssets: [{ network: "eip155:31337", asset: devnet.addresses.usdc }] },
    });
    const began = performance.now();
    const response = await client(url());
    const tookMs = performance.now() - began;
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ answer: 42 });
    expect(tookMs).toBeLessThan(3_000);

    const receipt = decodePaymentResponseHeader(response.headers.get("payment-response") ?? "");
    expect(receipt).toMatchObject({ success: true, network: "eip155:31337", payer: payer.address });
    const mined = await devnet.chain.getTransactionReceipt({ hash: receipt.transaction as Hex });
    expect(mined.status).toBe("success");
    expect(isAddressEqual(mined.from, operator)).toBe(true);
    expect(await usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
    expect((await usdcOf(operator)) - before).toBe(PRICE);
    expect(await streamsOf(payer)).toEqual([
      {
        rail: "ledger",
        status: "active",
        tier: "basic",
        funded: "166667000000000000",
        provider_id: "oracle",
      },
    ]);

    const session = response.headers.get("stream-session") ?? "";
    const next = await fetch(url(), { headers: { "Stream-Session": session } });
    expect(next.status).toBe(200);
    expect(await usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
  });

  test("mppx's evm client pays the same route with real USDC, and again tops the same stream up", async () => {
    const payer = await newPayer();
    const client = Mppx.create({
      polyfill: false,
      methods: [evm({ account: payer, authorization: { name: "USD Coin", version: "2" } })],
    });
    const response = await client.fetch(url());
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ answer: 42 });
    const receipt = JSON.parse(
      Buffer.from(response.headers.get("payment-receipt") ?? "", "base64url").toString(),
    );
    expect(receipt).toMatchObject({ status: "success", via: "charge", tier: "basic" });
    expect(await usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);

    expect((await client.fetch(url())).status).toBe(200);
    expect(await usdcOf(payer.address)).toBe(10_000_000_000n - 2n * PRICE);
    expect(await streamsOf(payer)).toEqual([
      {
        rail: "ledger",
        status: "active",
        tier: "basic",
        funded: "333334000000000000",
        provider_id: "oracle",
      },
    ]);
  });
});

describe("one authorisation", () => {
  test("sent eight times at once and again later: one transfer, one credit, one call", async () => {
    const payer = await newPayer();
    const payment = await exactPayment(payer);
    const credits = await count("journal_entry");
    const answers = await Promise.all(Array.from({ length: 8 }, () => pay(payment)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 402, 402, 402, 402, 402, 402, 402]);
    const late = await pay(payment);
    expect(late.status).toBe(402);
    expect(await late.json()).toMatchObject({ code: "invalid-challenge" });
    expect(await usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
    expect(await streamsOf(payer)).toMatchObject([{ funded: "166667000000000000" }]);
    expect((await count("journal_entry")) - credits).toBe(2); // The credit, and the deposit of the stream.
  });

  test("shown at another provider afterwards is refused, and moves nothing", async () => {
    const payer = await newPayer();
    const payment = await exactPayment(payer);
    expect((await pay(payment)).status).toBe(200);
    const entries = await count("journal_entry");
    const elsewhere = await pay(payment, "sibyl");
    expect(elsewhere.status).toBe(402);
    expect(await elsewhere.json()).toMatchObject({ code: "verification-failed" });
    expect(await count("journal_entry")).toBe(entries);
    expect(await streamsOf(payer)).toHaveLength(1);
  });
});

describe("what does not hold is refused, and nothing is written", () => {
  const stranger = privateKeyToAccount(generatePrivateKey()).address;
  const now = () => BigInt(Math.floor(Date.now() / 1000));
  const cases: [string, () => Signing, () => Partial<Offer>, RegExp][] = [
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
    const payer = await newPayer();
    const payment = await exactPayment(payer, bend(), accepted());
    const [charges, intents, entries] = [
      await count("chain_charge"),
      await count("chain_intent"),
      await count("journal_entry"),
    ];
    const response = await pay(payment);
    expect(response.status).toBe(402);
    const body = await response.json();
    expect(body.code).toBe("verification-failed");
    expect(body.detail).toMatch(reason);
    expect(response.headers.get("payment-response")).toBeNull();
    expect([await count("chain_charge"), await count("chain_intent"), await count("journal_entry")]).toEqual([
      charges,
      intents,
      entries,
    ]);
    expect(await usdcOf(payer.address)).toBe(10_000_000_000n);
  });

  test("a payment by a wallet without the money", async () => {
    const payer = await newPayer(false);
    const intents = await count("chain_intent");
    const response = await pay(await exactPayment(payer));
    expect(response.status).toBe(402);
    expect((await response.json()).detail).toMatch(/does not have that much USDC/);
    expect(await count("chain_intent")).toBe(intents);
  });

  test("an authorisation that was used on the chain already", async () => {
    const payer = await newPayer();
    const nonce = toHex(crypto.getRandomValues(new Uint8Array(32)));
    const payment = await exactPayment(payer, { nonce });
    expect((await pay(payment)).status).toBe(200);
    await (await db()).query("delete from chain_charge where nonce = $1", [nonce]); // Another installation's books.
    const response = await pay(payment);
    expect(response.status).toBe(402);
    expect((await response.json()).detail).toMatch(/was used/);
    const { rows } = await (await db()).query(
      "select count(*)::int as n from chain_intent where intent_key like $1",
      [`%${nonce}`],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });

  test.each([
    ["no base64 JSON", "e30="],
    ["of version 1", Buffer.from('{"x402Version":1,"payload":{}}').toString("base64")],
  ])("a header that is %s", async (_what, header) => {
    const response = await pay(header);
    expect(response.status).toBe(402);
    expect(await response.json()).toMatchObject({ code: "malformed-credential" });
  });

  test("two payments in one request", async () => {
    const response = await fetch(url(), {
      headers: { "PAYMENT-SIGNATURE": "e30=", Authorization: "Payment e30" },
    });
    expect(response.status).toBe(400);
  });
});

test("while no block takes it the caller is told to wait and not to pay, and the same again is served", async () => {
  const { createDoor, fetchDoor } = await import("./create-door");
  const { doorTools } = await import("./paid-door");
  const { doorCharges } = await import("./door-charges");
  const { findDoorChain } = await import("./door-chain");
  const { passOutbox } = await import("@/lib/outbox/run-outbox");
  const { pool } = await import("@/lib/db/pool");
  const chain = findDoorChain();
  if (!chain) throw new Error("No chain.");
  const charges = doorCharges(chain, operator, {
    ...{ db: pool, pass: passOutbox, prepare: async () => {}, patience: { patienceMs: 300, pollMs: 20 } },
  });
  const hasty = fetchDoor(createDoor({ ...doorTools(), charges }));
  const payer = await newPayer();
  const headers = { "PAYMENT-SIGNATURE": await exactPayment(payer) };
  await devnet.chain.setAutomine(false);
  let waiting: Response;
  try {
    waiting = await hasty(new Request(url(), { headers }));
  } finally {
    await devnet.chain.setAutomine(true);
  }
  expect(waiting.status).toBe(402);
  expect(await waiting.json()).toMatchObject({ code: "stream/pending" });
  expect(waiting.headers.get("retry-after")).toBe("1");
  expect(waiting.headers.get("www-authenticate")).toBeNull();
  expect(waiting.headers.get("payment-required")).toBeNull();
  expect(await streamsOf(payer)).toEqual([]);

  await devnet.chain.mine({ blocks: 1 });
  const served = await hasty(new Request(url(), { headers }));
  expect(served.status).toBe(200);
  expect(await usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
});

/** A door whose outbox does nothing, so that a payment is written down and stays there. */
async function idleDoor() {
  const { createDoor, fetchDoor } = await import("./create-door");
  const { doorTools } = await import("./paid-door");
  const { doorCharges } = await import("./door-charges");
  const { findDoorChain } = await import("./door-chain");
  const { pool } = await import("@/lib/db/pool");
  const chain = findDoorChain();
  if (!chain) throw new Error("No chain.");
  const charges = doorCharges(chain, operator, {
    ...{ db: pool, pass: async () => {}, prepare: async () => {}, patience: { patienceMs: 0, pollMs: 1 } },
  });
  return fetchDoor(createDoor({ ...doorTools(), charges }));
}
async function walletOf(payer: PrivateKeyAccount): Promise<string | undefined> {
  const { rows } = await (await db()).query("select balance from account where id = $1", [
    `wallet:${payer.address.toLowerCase()}`,
  ]);
  return rows[0]?.balance;
}

test("given its caller leaves, or the server dies, what was settled is credited all the same, once", async () => {
  const { creditChargesOnce } = await import("./credit-charges");
  const { passOutbox } = await import("@/lib/outbox/run-outbox");
  const payer = await newPayer();
  const door = await idleDoor();
  const headers = { "PAYMENT-SIGNATURE": await exactPayment(payer) };
  expect((await door(new Request(url(), { headers }))).status).toBe(402);
  expect(await walletOf(payer)).toBeUndefined();
  await vi.waitFor(
    async () => {
      await passOutbox();
      const like = `%:${payer.address.toLowerCase()}:%`;
      const { rows } = await (await db()).query("select state from chain_intent where intent_key like $1", [
        like,
      ]);
      expect(rows).toEqual([{ state: "confirmed" }]);
    },
    { timeout: 10_000, interval: 20 },
  );
  await Promise.all([creditChargesOnce(), creditChargesOnce()]);
  await creditChargesOnce();
  expect(await walletOf(payer)).toBe("166667000000000000");
  expect((await pay(headers["PAYMENT-SIGNATURE"])).status).toBe(200); // And the call is still to be had.
  expect(await walletOf(payer)).toBe("0");
});

test("given somebody else sends the authorisation first, the money is ours and the payer is credited and served", async () => {
  const payer = await newPayer();
  const header = await exactPayment(payer);
  const door = await idleDoor();
  expect((await door(new Request(url(), { headers: { "PAYMENT-SIGNATURE": header } }))).status).toBe(402);
  const { authorization: a, signature } = JSON.parse(Buffer.from(header, "base64").toString()).payload;
  const [stranger] = await devnet.chain.getAddresses();
  if (!stranger) throw new Error("Anvil has no accounts.");
  const { v, r, s } = splitSignature(signature);
  await devnet.chain.writeContract({
    ...{ address: devnet.addresses.usdc, abi: testUsdcAbi, account: stranger, chain: foundry },
    functionName: "transferWithAuthorization",
    args: [a.from, a.to, BigInt(a.value), BigInt(a.validAfter), BigInt(a.validBefore), a.nonce, v, r, s],
  });
  const served = await pay(header);
  expect(served.status).toBe(200);
  const receipt = decodePaymentResponseHeader(served.headers.get("payment-response") ?? "");
  const { from } = await devnet.chain.getTransactionReceipt({ hash: receipt.transaction as Hex });
  expect(isAddressEqual(from, stranger)).toBe(true);
  expect(await streamsOf(payer)).toMatchObject([{ funded: "166667000000000000" }]);
  expect(await usdcOf(payer.address)).toBe(10_000_000_000n - PRICE);
});

test("given the payer spends the money first, nothing is credited, and the reason is told", async () => {
  const payer = await newPayer();
  const header = await exactPayment(payer);
  const door = await idleDoor();
  expect((await door(new Request(url(), { headers: { "PAYMENT-SIGNATURE": header } }))).status).toBe(402);
  await devnet.chain.setBalance({ address: payer.address, value: 10n ** 18n });
  await devnet.chain.impersonateAccount({ address: payer.address });
  await devnet.chain.writeContract({
    ...{ address: devnet.addresses.usdc, abi: testUsdcAbi, account: payer.address, chain: foundry },
    ...{ functionName: "transfer", args: [devnet.addresses.faucet, 10_000_000_000n] },
  });
  const refused = await pay(header);
  expect(refused.status).toBe(402);
  expect(await refused.json()).toMatchObject({ code: "verification-failed" });
  expect(await walletOf(payer)).toBeUndefined();
});

test("the books balance, and the chain holds at least what was credited", async () => {
  const { runInvariants } = await import("@/lib/ledger/run-invariants");
  expect(await runInvariants()).toEqual([]);
  const { rows } = await (await db()).query<{ given: string; entered: string }>(
    `select coalesce(sum(t.amount), 0) as given, (select -sum(p.amount) from posting p where p.account_id like 'external:charge:%') as entered
     from journal_entry e join posting t on t.entry_id = e.id and t.amount > 0 where e.kind = 'charge'`,
  );
  const given = BigInt(rows[0]?.given ?? 0);
  expect(rows[0]?.entered).toBe(rows[0]?.given);
  expect(given > 0n).toBe(true);
  expect((await usdcOf(operator)) * 10n ** 12n >= given).toBe(true);
});
