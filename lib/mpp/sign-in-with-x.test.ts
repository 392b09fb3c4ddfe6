/** The stock x402 client, unchanged, is let in by an open stream; and no signature opens more than it was asked for. */
import { decodePaymentRequiredHeader } from "@x402/core/http";
import { parsePaymentRequired } from "@x402/core/schemas";
import { encodeSIWxHeader, parseSIWxHeader, wrapFetchWithSIWx } from "@x402/extensions/sign-in-with-x";
import { Receipt } from "mppx";
import type { PrivateKeyAccount } from "viem/accounts";
import { describe, expect, test, vi } from "vitest";
import { fixture, newAccount, ORIGIN, payerOf } from "./testing/door-fixture";

// Hundreds of signatures: seconds on two busy cores.
vi.setConfig({ testTimeout: 30_000 });

const quote = `${ORIGIN}/api/p/acme/quote`;

function network(door: ReturnType<typeof fixture>) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    requests.push(request.clone());
    return door.paidDoor(request);
  };
  return { fetch, requests };
}

/** What the stock client signs for one challenge of the door. */
async function signedHeader(door: ReturnType<typeof fixture>, account: PrivateKeyAccount, url = quote) {
  const { fetch, requests } = network(door);
  const stop: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!request.headers.has("sign-in-with-x")) return fetch(request);
    requests.push(request);
    return new Response("");
  };
  await wrapFetchWithSIWx(stop, account)(url);
  return requests.at(-1)?.headers.get("sign-in-with-x") ?? "";
}

const send = (door: ReturnType<typeof fixture>, header: string, url = quote) =>
  door.paidDoor(new Request(url, { headers: { "Sign-In-With-X": header } }));

describe("the stock wrapFetchWithSIWx", () => {
  test("given an open stream, it is served without any payment", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door);
    const { fetch, requests } = network(door);

    const response = await wrapFetchWithSIWx(fetch, account)(quote);

    expect(response.status).toBe(200);
    expect(Receipt.fromResponse(response)).toMatchObject({ via: "siwx", streamId: stream.id });
    expect(response.headers.has("stream-session")).toBe(true);
    expect(requests).toHaveLength(2);
  });

  test("given no stream, it gets the 402 that says how to open one", async () => {
    const door = fixture();
    const response = await wrapFetchWithSIWx(network(door).fetch, newAccount())(quote);
    expect(response.status).toBe(402);
    expect(await response.json()).toMatchObject({ code: "stream/not-found" });
  });
});

test("PAYMENT-REQUIRED is valid x402 v2 with a stream offer", async () => {
  const response = await fixture().call("/api/p/acme/quote?pair=x");
  const header = response.headers.get("payment-required") ?? "";
  expect(header.length).toBeLessThan(4_096);
  const required = decodePaymentRequiredHeader(header);
  expect(parsePaymentRequired(required).success).toBe(true);
  expect(required).toMatchObject({
    x402Version: 2,
    resource: { url: `${quote}?pair=x` },
    accepts: [{ scheme: "stream", network: "eip155:31337", amount: "11574074074074", asset: "USDCx" }],
  });
});

describe("a signed message", () => {
  test("is good once, also 50 times at once", async () => {
    const door = fixture();
    const { account } = payerOf(door, { funded: 10n ** 20n });
    const header = await signedHeader(door, account);
    const statuses = await Promise.all(
      Array.from({ length: 50 }, async () => (await send(door, header)).status),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  test("opens no other resource", async () => {
    const door = fixture();
    const { account } = payerOf(door);
    const header = await signedHeader(door, account);
    for (const other of [
      `${quote}?pair=x`,
      `${ORIGIN}/api/p/globex/quote`,
      `${ORIGIN}/api/p/acme/patients/1`,
    ])
      expect((await send(door, header, other)).status).toBe(402);
    expect(door.upstream).toHaveLength(0);
  });

  test("holds in no field that was changed", async () => {
    const door = fixture();
    const { account } = payerOf(door);
    const victim = payerOf(door).account;
    const signed = parseSIWxHeader(await signedHeader(door, account));
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const changes: Partial<typeof signed>[] = [
      { domain: "elsewhere.test" },
      { uri: `${ORIGIN}/api/p/acme/patients/1` },
      { address: victim.address },
      { chainId: "eip155:1" },
      { chainId: "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp" },
      { nonce: "0".repeat(64) },
      { nonce: `${signed.nonce.slice(0, 63)}x` },
      { expirationTime: later },
      { issuedAt: new Date(Date.now() - 600_000).toISOString() },
      { issuedAt: later },
      { notBefore: later },
      { statement: "Something else." },
      { version: "2" },
      { type: "ed25519" },
      { signature: `0x${"00".repeat(65)}` },
      { signature: "0x12" },
    ];
    for (const change of changes) {
      const response = await send(door, encodeSIWxHeader({ ...signed, ...change }));
      expect({ change, status: response.status }).toEqual({ change, status: 402 });
    }
    const { expirationTime: _gone, ...endless } = signed;
    expect((await send(door, encodeSIWxHeader(endless))).status).toBe(402);
    expect(door.upstream).toHaveLength(0);
    expect((await send(door, encodeSIWxHeader(signed))).status).toBe(200);
  });

  test("with a nonce of the signer's own making is refused", async () => {
    const door = fixture();
    const { account } = payerOf(door);
    const issuedAt = new Date().toISOString();
    const expirationTime = new Date(Date.now() + 300_000).toISOString();
    const { createSIWxPayload } = await import("@x402/extensions/sign-in-with-x");
    const own = await createSIWxPayload(
      {
        domain: new URL(ORIGIN).host,
        uri: quote,
        version: "1",
        nonce: "ab".repeat(32),
        issuedAt,
        expirationTime,
        chainId: "eip155:31337",
        type: "eip191",
      },
      account,
      quote,
    );
    expect((await send(door, encodeSIWxHeader(own))).status).toBe(402);
  });
});
