/** What the door says no to, with which status, and what it tells a program to do about it. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { ProblemError } from "@/lib/errors";
import { createProbeLimiter } from "./probe-limiter";
import { challengeOf, credential, fixture, newAccount, ORIGIN, pay, payerOf } from "./testing/door-fixture";

// Hundreds of signatures: seconds on two busy cores.
vi.setConfig({ testTimeout: 30_000 });

const TOKEN = 10n ** 18n;
const quote = "/api/p/acme/quote";
const problem = async (response: Response) => (await response.json()) as Record<string, unknown>;

describe("routes", () => {
  test.each([
    { path: "/api/p/nobody/quote", status: 404, code: "provider-not-found" },
    { path: "/api/p/acme/unlisted", status: 404, code: "service-not-found" },
    { path: "/api/p/acme", status: 404, code: "service-not-found" },
    { path: "/api/p/acme/quote/", status: 404, code: "service-not-found" },
    { path: "/api/p/acme/patients/..", status: 404, code: "service-not-found" },
    { path: "/api/p/acme/patients/%2e%2e", status: 404, code: "service-not-found" },
    { path: "/api/p/acme/patients/a%20b", status: 404, code: "service-not-found" },
    { path: "/api/p/acme/x/../../globex/quote", status: 402, code: "payment-required" },
    { path: "/api/p/acme/patients/..%2fquote", status: 400, code: "malformed-request" },
    { path: "/api/p/acme/patients/a%5cb", status: 400, code: "malformed-request" },
    { path: "/api/p/acme/patients/a%00", status: 400, code: "malformed-request" },
    { path: "/api/p/acme/patients/%252e", status: 400, code: "malformed-request" },
    { path: "/api/p/acme//quote", status: 400, code: "malformed-request" },
    { path: "/api/p//quote", status: 400, code: "malformed-request" },
  ])("$path → $status $code", async ({ path, status, code }) => {
    const response = await fixture().call(path);
    expect(response.status).toBe(status);
    expect((await problem(response)).code).toBe(code);
    expect(response.headers.has("www-authenticate")).toBe(status === 402);
  });

  test("another method → 405 with Allow", async () => {
    const response = await fixture().call(quote, { method: "DELETE" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET");
  });
});

describe("headers", () => {
  test.each<{ given: string; headers: [string, string][] }>([
    {
      given: "two payment credentials",
      headers: [
        ["Authorization", "Payment aaaa"],
        ["Authorization", "Payment bbbb"],
      ],
    },
    { given: "two in one field", headers: [["Authorization", "Payment aaaa, Payment bbbb"]] },
    {
      given: "a payment and a sign-in",
      headers: [
        ["Authorization", "Payment aaaa"],
        ["Sign-In-With-X", "aaaa"],
      ],
    },
    {
      given: "a payment and an x402 payment",
      headers: [
        ["Authorization", "Payment aaaa"],
        ["Payment-Signature", "aaaa"],
      ],
    },
    {
      given: "a repeated session",
      headers: [
        ["Stream-Session", "a".repeat(43)],
        ["Stream-Session", "b".repeat(43)],
      ],
    },
    {
      given: "a repeated idempotency key",
      headers: [
        ["Idempotency-Key", "one"],
        ["Idempotency-Key", "two"],
      ],
    },
    { given: "a long idempotency key", headers: [["Idempotency-Key", "x".repeat(256)]] },
    { given: "a key with a space", headers: [["Idempotency-Key", "a b"]] },
    { given: "an empty key", headers: [["Idempotency-Key", ""]] },
    { given: "a key beyond ASCII", headers: [["Idempotency-Key", "é"]] },
    {
      given: "a repeated tier",
      headers: [
        ["Stream-Tier", "basic"],
        ["Stream-Tier", "professional"],
      ],
    },
    { given: "a tier in capitals", headers: [["Stream-Tier", "Basic"]] },
    { given: "a sign-in that is no base64", headers: [["Sign-In-With-X", "{}"]] },
    { given: "a sign-in that is no JSON", headers: [["Sign-In-With-X", "aaaa"]] },
    { given: "an endless Authorization", headers: [["Authorization", `Payment ${"a".repeat(13_000)}`]] },
  ])("given $given → 400 without a challenge", async ({ headers }) => {
    const response = await fixture().call(quote, { headers });
    expect(response.status).toBe(400);
    expect(await problem(response)).toMatchObject({
      code: "malformed-request",
      type: `${ORIGIN}/problems/malformed-request`,
    });
    expect(response.headers.has("www-authenticate")).toBe(false);
  });

  test("an unknown tier → 400 that lists the known", async () => {
    const response = await fixture().call(quote, { headers: { "Stream-Tier": "gold" } });
    expect(response.status).toBe(400);
    expect(await problem(response)).toMatchObject({
      code: "unknown-tier",
      tiers: ["basic", "professional", "enterprise"],
    });
  });

  test.each([
    "Payment",
    "Payment !!!",
    "Payment e30",
    "Payment dGhpcyBpcyBnYXJiYWdl",
    `Payment ${"A".repeat(900)}`,
  ])("%s → 402 with a fresh challenge", async (authorization) => {
    const response = await fixture().call(quote, { headers: { Authorization: authorization } });
    expect(response.status).toBe(402);
    expect(await problem(response)).toMatchObject({ code: "malformed-credential" });
    expect(challengeOf(response).method).toBe("ledger");
  });

  test.each(["Bearer abc", "Basic YTpi", "Stream-Session"])(
    "%s is no payment → 402",
    async (authorization) => {
      const response = await fixture().call(quote, { headers: { Authorization: authorization } });
      expect(response.status).toBe(402);
    },
  );

  test("whatever a stranger sends in the headers, nothing is served and nothing breaks", async () => {
    const { call, upstream, reports } = fixture();
    const name = fc.constantFrom(
      "Authorization",
      "Stream-Session",
      "Sign-In-With-X",
      "Idempotency-Key",
      "Stream-Tier",
      "Accept-Payment",
      "Content-Type",
    );
    const encoded = fc.json().map((text) => Buffer.from(text).toString("base64url"));
    const value = fc.oneof(
      fc.string({
        unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
        maxLength: 60,
      }),
      encoded,
      encoded.map((text) => `Payment ${text}`),
      fc.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      fc.constantFrom("basic", "", "null", "Payment", "Payment Payment"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(name, value), { maxLength: 5 }), async (headers) => {
        const { status } = await call(quote, { headers });
        expect([400, 402]).toContain(status);
      }),
      { numRuns: 2_000 },
    );
    expect(upstream).toHaveLength(0);
    expect(reports).toEqual([]);
  }, 60_000);
});

test("a body beyond 256 KiB → 413, told or not", async () => {
  const { call } = fixture();
  const body = new Uint8Array(256 * 1024 + 1);
  const whole = await call("/api/p/acme/score", { method: "POST", body });
  expect(whole.status).toBe(413);
  const stream = new ReadableStream({
    start(controller) {
      for (let at = 0; at < 5; at += 1) controller.enqueue(new Uint8Array(64 * 1024));
      controller.close();
    },
  });
  const streamed = await call("/api/p/acme/score", {
    method: "POST",
    body: stream,
    duplex: "half",
  } as RequestInit);
  expect(streamed.status).toBe(413);
});

describe("streams that do not pay: how to repair each", () => {
  test("nothing shown: prove first, because only then it is known whether to open or to refill", async () => {
    const door = fixture();
    const body = await problem(await door.call(quote));
    expect((body.repair as { action: string }[]).map(({ action }) => action)).toEqual([
      "prove",
      "open",
      "open",
    ]);
  });

  test("none: where and with how much to open one", async () => {
    const door = fixture();
    const response = await pay(door.call, newAccount(), quote);
    expect(response.status).toBe(402);
    expect(await problem(response)).toMatchObject({
      code: "stream/not-found",
      type: `${ORIGIN}/problems/stream/not-found`,
      detail: "Stream not found",
      openUrl: `${ORIGIN}/api/v1/streams`,
      requiredDeposit: "166666666666666667",
      repair: [
        { action: "open", payload: { action: "open", deposit: "166666666666666667" } },
        {
          action: "open",
          method: "POST",
          url: `${ORIGIN}/api/v1/streams`,
          body: { providerId: "acme", tier: "basic", deposit: "166666666666666667" },
        },
      ],
    });
    expect(challengeOf(response).request.methodDetails.next).toBe("open");
  });

  test("spent: how much to top up, and where", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door, { funded: 1n });
    stream.startedMs -= 60_000n;
    const response = await pay(door.call, account, quote);
    const body = await problem(response);
    expect(body).toMatchObject({
      code: "stream/deposit-exhausted",
      detail: "Deposit exhausted — top up required",
      topUpUrl: `${ORIGIN}/api/v1/streams/${stream.id}/top-up`,
    });
    expect(BigInt(String(body.minimumTopUp))).toBeGreaterThan(0n);
    expect(challengeOf(response).request.methodDetails).toMatchObject({
      next: "topUp",
      streamId: stream.id,
      minimumTopUp: body.minimumTopUp,
    });
  });

  test("closed: open another", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door);
    stream.closed = true;
    const response = await pay(door.call, account, quote);
    expect(await problem(response)).toMatchObject({ code: "stream/terminated", detail: "Stream terminated" });
    expect(challengeOf(response).request.methodDetails.next).toBe("open");
  });

  test("paused: where to resume", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door);
    stream.paused = true;
    const response = await pay(door.call, account, quote);
    expect(response.status).toBe(402);
    expect(await problem(response)).toMatchObject({
      code: "stream/paused",
      resumeUrl: `${ORIGIN}/api/v1/streams/${stream.id}/resume`,
    });
  });

  test("too slow: which tier is asked for", async () => {
    const door = fixture();
    const { account, stream } = payerOf(door);
    const response = await pay(door.call, account, quote, { headers: { "Stream-Tier": "professional" } });
    expect(await problem(response)).toMatchObject({
      code: "stream/flow-rate-insufficient",
      requiredFlowRate: "115740740740740",
      nextTier: "professional",
      changeTierUrl: `${ORIGIN}/api/v1/streams/${stream.id}/tier`,
    });
  });

  test("over the tier's hour: 429 without a challenge, when to retry and which tier is larger", async () => {
    const door = fixture();
    const { account } = payerOf(door);
    for (let call = 0; call < 10; call += 1) expect((await pay(door.call, account, quote)).status).toBe(200);
    const response = await pay(door.call, account, quote);
    expect(response.status).toBe(429);
    expect(response.headers.has("www-authenticate")).toBe(false);
    expect(response.headers.has("payment-required")).toBe(false);
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(3_590);
    expect(response.headers.get("ratelimit")).toMatch(/^"hour";r=0;t=\d+$/);
    expect(await problem(response)).toMatchObject({
      code: "stream/rate-limited",
      limit: 10,
      nextTier: "professional",
    });
  });

  test("a wallet with too little: how much is missing", async () => {
    const door = fixture();
    const response = await pay(
      door.call,
      newAccount(),
      quote,
      {},
      { action: "open", deposit: String(TOKEN) },
    );
    expect(response.status).toBe(402);
    expect(await problem(response)).toMatchObject({
      code: "payment-insufficient",
      balance: "0",
      required: "1000000000000000000",
      walletUrl: `${ORIGIN}/api/v1/wallet`,
    });
    expect(challengeOf(response).request.methodDetails.next).toBe("fund");
  });

  test("somebody else's stream cannot be topped up, closed or used", async () => {
    const door = fixture();
    const { stream } = payerOf(door);
    const thief = newAccount();
    door.wallets.set(thief.address.toLowerCase(), TOKEN);
    const topUp = await pay(
      door.call,
      thief,
      quote,
      {},
      { action: "topUp", streamId: stream.id, amount: "5" },
    );
    expect(topUp.status).toBe(404);
    const close = await pay(door.call, thief, quote, {}, { action: "close", streamId: stream.id });
    expect(close.status).toBe(404);
    const prove = await pay(door.call, thief, quote, {}, { action: "prove", streamId: stream.id });
    expect((await problem(prove)).code).toBe("stream/not-found");
    expect(stream).toMatchObject({ closed: false, funded: TOKEN });
    expect(door.upstream).toHaveLength(0);
  });
});

test("given a top-up that comes too late, the answer is a new challenge that says to open another stream", async () => {
  const door = fixture();
  const { account, stream } = payerOf(door);
  door.wallets.set(account.address.toLowerCase(), TOKEN);
  door.ledger.topUpStream = async () => {
    stream.closed = true; // The sweep was faster.
    throw new ProblemError("stream-state", "The stream is not in a state for that.");
  };
  const response = await pay(
    door.call,
    account,
    quote,
    {},
    { action: "topUp", streamId: stream.id, amount: "5" },
  );
  expect(response.status).toBe(402);
  expect((await problem(response)).code).toBe("stream/terminated");
  expect(challengeOf(response).request.methodDetails).toMatchObject({ next: "open", streamId: stream.id });
  expect(door.wallets.get(account.address.toLowerCase())).toBe(TOKEN);
});

test("a payer's stream to another provider cannot be topped up, closed or used here", async () => {
  const door = fixture();
  const { account, stream } = payerOf(door, { provider: 1 });
  door.wallets.set(account.address.toLowerCase(), TOKEN);
  const topUp = await pay(
    door.call,
    account,
    quote,
    {},
    { action: "topUp", streamId: stream.id, amount: "5" },
  );
  const close = await pay(door.call, account, quote, {}, { action: "close", streamId: stream.id });
  expect([topUp.status, close.status]).toEqual([404, 404]);
  expect(stream).toMatchObject({ funded: TOKEN, closed: false });
  expect(door.wallets.get(account.address.toLowerCase())).toBe(TOKEN);
});

test("a session token does not serve a faster tier than its stream", async () => {
  const door = fixture();
  const { account } = payerOf(door);
  const first = await pay(door.call, account, quote);
  const headers = {
    "Stream-Session": first.headers.get("stream-session") ?? "",
    "Stream-Tier": "enterprise",
  };
  const response = await door.call(quote, { headers });
  expect(response.status).toBe(402);
  expect(await problem(response)).toMatchObject({
    code: "stream/flow-rate-insufficient",
    nextTier: "enterprise",
  });
});

test("a session token opens its own provider only", async () => {
  const door = fixture();
  const { account } = payerOf(door);
  const first = await pay(door.call, account, quote);
  const headers = { "Stream-Session": first.headers.get("stream-session") ?? "" };
  expect((await door.call("/api/p/globex/quote", { headers })).status).toBe(402);
  expect((await door.call("/api/p/acme/score", { method: "POST", headers })).status).toBe(200);
});

test("the ledger keeps only the hash of a token", async () => {
  const door = fixture();
  const { account } = payerOf(door);
  const token = (await pay(door.call, account, quote)).headers.get("stream-session") ?? "";
  expect([...door.sessions.keys()].join()).not.toContain(token);
});

test("too many unpaid requests → 429, and a paying caller is not counted", async () => {
  const door = fixture({ probes: createProbeLimiter({ perMinute: 3 }) });
  const { account } = payerOf(door);
  const paid = await pay(door.call, account, quote); // One of the three, for its challenge.
  const headers = { "Stream-Session": paid.headers.get("stream-session") ?? "" };
  for (let call = 0; call < 5; call += 1) expect((await door.call(quote, { headers })).status).toBe(200);

  expect((await door.call(quote)).status).toBe(402);
  expect((await door.call(quote)).status).toBe(402);
  const refused = await door.call(quote);
  expect(refused.status).toBe(429);
  expect(refused.headers.has("www-authenticate")).toBe(false);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await door.call(quote, { headers })).status).toBe(200);
});

test("a ledger that cannot be asked → 503 with Retry-After, and no challenge", async () => {
  const door = fixture();
  const challenge = challengeOf(await door.call(quote));
  door.ledger.authorizeRequest = async () => {
    throw Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:5432"), { code: "ECONNREFUSED" });
  };
  const headers = { Authorization: await credential(newAccount(), challenge) };
  const response = await door.call(quote, { headers });
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
  expect(response.headers.has("www-authenticate")).toBe(false);
  expect(await problem(response)).toMatchObject({ code: "stream/verification-unavailable" });
});

test("a broken ledger → 500 that invites nobody to pay again", async () => {
  const door = fixture();
  const { account } = payerOf(door);
  const challenge = challengeOf(await door.call(quote));
  door.ledger.authorizeRequest = async () => {
    throw new Error("a bug at 10.0.0.7");
  };
  const response = await door.call(quote, {
    headers: { Authorization: await credential(account, challenge) },
  });
  expect(response.status).toBe(500);
  expect(response.headers.has("www-authenticate")).toBe(false);
  expect(await response.text()).not.toContain("10.0.0.7");
  expect(door.reports).toHaveLength(1);
});

describe("browsers", () => {
  test("a preflight names the headers of payment", async () => {
    const response = await fixture().call(quote, { method: "OPTIONS" });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-headers")).toContain("Stream-Session");
    expect(response.headers.has("access-control-allow-credentials")).toBe(false);
  });

  test("a page may read the challenge, and content is never a document of ours", async () => {
    const response = await fixture().call(quote);
    const exposed = response.headers.get("access-control-expose-headers");
    for (const name of ["WWW-Authenticate", "Payment-Receipt", "Stream-Session", "Retry-After"])
      expect(exposed).toContain(name);
    expect(response.headers.get("content-security-policy")).toContain("sandbox");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  });
});
