import { Receipt } from "mppx";
import { describe, expect, test, vi } from "vitest";
import { contentDigest } from "./digest";
import { receiptKey } from "./receipt-keys";
import { challengeOf, credential, fixture, newAccount, pay, payerOf, SECRET } from "./testing/door-fixture";
import { verifyReceipt } from "./verify-receipt";

// Hundreds of signatures: seconds on two busy cores.
vi.setConfig({ testTimeout: 30_000 });

const TOKEN = 10n ** 18n;

describe("the paid door", () => {
  test("asks for payment with everything that an agent needs", async () => {
    const { call } = fixture();

    const response = await call("/api/p/acme/quote");

    expect(response.status).toBe(402);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    const challenge = challengeOf(response);
    expect(challenge).toMatchObject({ method: "ledger", intent: "stream", realm: "superstream.test" });
    // 1 USDCx a day is 11574074074074.07… base units a second; four hours of it are a sixth of a token.
    expect(challenge.request).toMatchObject({
      amount: "11574074074074",
      unitType: "second",
      currency: "USD",
      suggestedDeposit: "166666666666666667",
      methodDetails: { model: "ledger-v1", plan: "acme", tier: "basic", token: "USDCx", decimals: 18 },
    });
    expect(await response.json()).toMatchObject({
      type: "https://paymentauth.org/problems/payment-required",
      status: 402,
      code: "payment-required",
      challengeId: challenge.id,
      openUrl: "https://superstream.test/api/v1/streams",
      requiredDeposit: "166666666666666667",
      tiers: [{ name: "basic" }, { name: "professional" }, { name: "enterprise" }],
    });
  });

  test("given a proof of an open stream, it serves with a signed receipt, a session and the meter", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door);

    const response = await pay(door.call, account, "/api/p/acme/score", { method: "POST", body: '{"a":1}' });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"value":42}');
    expect(response.headers.get("cache-control")).toContain("private");
    expect(response.headers.get("stream-session")).toMatch(/^[\w-]{43}$/);
    expect(Number(response.headers.get("stream-runway-seconds"))).toBeGreaterThan(86_000);
    expect(response.headers.get("stream-remaining")).toMatch(/^\d+$/);
    const receipt = Receipt.fromResponse(response) as unknown as Record<string, string>;
    expect(receipt).toMatchObject({
      status: "success",
      intent: "stream",
      streamId: stream.id,
      via: "proof",
      resource: "POST /api/p/acme/score",
      requestDigest: contentDigest('{"a":1}'),
      responseDigest: contentDigest('{"value":42}'),
      verificationLevel: "hash-committed",
    });
    const { publicJwk } = await receiptKey(SECRET);
    expect(await verifyReceipt(receipt, [publicJwk])).toMatchObject({ valid: true });
    expect(await verifyReceipt({ ...receipt, streamed: "1" }, [publicJwk])).toEqual({
      valid: false,
      reason: "bad-signature",
    });
  });

  test("given the session token, one request is enough, and it ends with the stream", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door);
    const first = await pay(door.call, account, "/api/p/acme/quote");
    const headers = { "Stream-Session": first.headers.get("stream-session") ?? "" };

    const second = await door.call("/api/p/acme/quote", { headers });
    expect(second.status).toBe(200);
    expect(second.headers.has("payment-receipt")).toBe(true);

    stream.closed = true;
    const third = await door.call("/api/p/acme/quote", { headers });
    expect(third.status).toBe(402);
    // Whoever held a token has, or had, a stream: told to open one, a program would lock money twice.
    const lost = await third.json();
    expect(lost).toMatchObject({
      sessionLost: true,
      repair: [{ action: "prove", payload: { action: "prove" } }],
    });
    expect(lost).not.toHaveProperty("openUrl");
    expect(third.headers.has("www-authenticate")).toBe(true);
  });

  test("given one credential sent 50 times at once, it serves once", async () => {
    const door = fixture();
    const { account } = payerOf(door, { funded: 100n * TOKEN });
    const challenge = challengeOf(await door.call("/api/p/acme/quote"));
    const headers = { Authorization: await credential(account, challenge) };

    const responses = await Promise.all(
      Array.from({ length: 50 }, () => door.call("/api/p/acme/quote", { headers })),
    );

    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(responses.filter(({ status }) => status === 402)).toHaveLength(49);
    expect(door.upstream).toHaveLength(1);
  });

  test("given `open`, it opens a stream from the wallet and serves the same request", async () => {
    const door = fixture();
    const account = newAccount();
    door.wallets.set(account.address.toLowerCase(), TOKEN);

    const response = await pay(
      door.call,
      account,
      "/api/p/acme/quote",
      {},
      { action: "open", deposit: "200000000000000000" },
    );

    expect(response.status).toBe(200);
    expect([...door.streams.values()]).toMatchObject([{ funded: 200000000000000000n }]);
    expect(door.wallets.get(account.address.toLowerCase())).toBe(800000000000000000n);
  });
});
