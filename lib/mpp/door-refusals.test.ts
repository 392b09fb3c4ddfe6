/** What the door says no to whatever the stream, and with which status. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { createProbeLimiter } from "./probe-limiter";
import { challengeOf, credential, fixture, newAccount, ORIGIN, pay, payerOf } from "./testing/door-fixture";

// Hundreds of signatures: seconds on two busy cores.
vi.setConfig({ testTimeout: 30_000 });

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

test("an address that spent its unpaid requests → 429 before a signature is checked or the ledger asked", async () => {
  const door = fixture({ probes: createProbeLimiter({ perMinute: 3 }) });
  const { account } = payerOf(door);
  const headers = { Authorization: await credential(account, challengeOf(await door.call(quote))) };
  for (const status of [402, 402, 429]) expect((await door.call(quote)).status).toBe(status);
  const refused = await door.call(quote, { headers });
  expect(refused.status).toBe(429);
  expect(await problem(refused)).toMatchObject({ code: "rate-limited" });
  expect([...door.requests.values()]).toEqual([]);
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
