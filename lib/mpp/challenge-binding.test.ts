/** A credential opens the route, the terms and the body that its challenge was for, once, and nothing else. */
import { Challenge, Credential } from "mppx";
import type { Hex } from "viem";
import { describe, expect, test, vi } from "vitest";
import {
  challengeOf,
  credential,
  fixture,
  type LedgerChallenge,
  newAccount,
  SECRET,
  service,
  testDoor,
} from "./testing/door-fixture";

// Hundreds of signatures: seconds on two busy cores.
vi.setConfig({ testTimeout: 30_000 });

const TOKEN = 10n ** 18n;
const routes: { path: string; init: RequestInit }[] = [
  { path: "/api/p/acme/quote", init: {} },
  { path: "/api/p/acme/quote?pair=a", init: {} },
  { path: "/api/p/acme/quote?pair=b", init: {} },
  { path: "/api/p/acme/quote", init: { headers: { "Stream-Tier": "professional" } } },
  { path: "/api/p/acme/patients/1", init: {} },
  { path: "/api/p/acme/patients/2", init: {} },
  { path: "/api/p/acme/score", init: { method: "POST", body: "one" } },
  { path: "/api/p/acme/score", init: { method: "POST", body: "two" } },
  { path: "/api/p/acme/score", init: { method: "POST" } },
  { path: "/api/p/acme/priced", init: { method: "POST", body: "one" } },
  { path: "/api/p/globex/quote", init: {} },
  { path: "/api/p/globex/score", init: { method: "POST", body: "one" } },
];

/** One payer with a fast stream to each provider, so that only the binding can refuse. */
function setUp() {
  const door = fixture();
  const account = newAccount();
  for (const each of door.doors) {
    const fastest = each.tiers.at(-1);
    if (fastest) door.open(account.address, each, fastest, 1_000n * TOKEN);
  }
  const send = (route: (typeof routes)[number], authorization: string) => {
    const headers = new Headers(route.init.headers);
    headers.set("Authorization", authorization);
    return door.call(route.path, { ...route.init, headers });
  };
  const challenge = async (route: (typeof routes)[number]) =>
    challengeOf(await door.call(route.path, route.init));
  return { ...door, account, send, challenge };
}

test("every credential opens its own route and no other", async () => {
  const { account, send, challenge } = setUp();
  const opened: string[] = [];
  for (const [i, from] of routes.entries())
    for (const [j, to] of routes.entries()) {
      const response = await send(to, await credential(account, await challenge(from)));
      if (response.status === 200) opened.push(`${i}→${j}`);
      else expect(response.status).toBe(402);
    }
  expect(opened).toEqual(routes.map((_, index) => `${index}→${index}`));
});

test("every field of a challenge and of a payload is bound: changing any one refuses", async () => {
  const { account, send, challenge, upstream } = setUp();
  const [route] = routes;
  if (!route) throw new Error("There is a route.");
  const issued = await challenge(route);
  const signed = Credential.deserialize<Record<string, string>>(await credential(account, issued));
  const other = newAccount().address;

  const details = { ...issued.request.methodDetails, rate: undefined };
  const tampered: { name: string; challenge?: object; payload?: object }[] = [
    ...Object.keys(details).flatMap((key) => {
      const value = (details as Record<string, unknown>)[key];
      const changed = typeof value === "number" ? value + 1 : Array.isArray(value) ? [] : `${value}1`;
      if (key === "rate") return [];
      return [
        {
          name: `methodDetails.${key}`,
          challenge: {
            request: {
              ...issued.request,
              methodDetails: { ...issued.request.methodDetails, [key]: changed },
            },
          },
        },
      ];
    }),
    ...(["amount", "suggestedDeposit", "unitType", "currency"] as const).map((key) => ({
      name: key,
      challenge: { request: { ...issued.request, [key]: `${issued.request[key]}1` } },
    })),
    { name: "recipient", challenge: { request: { ...issued.request, recipient: other } } },
    {
      name: "rate",
      challenge: {
        request: {
          ...issued.request,
          methodDetails: { ...issued.request.methodDetails, rate: { amount: "1", periodSeconds: "86400" } },
        },
      },
    },
    { name: "id", challenge: { id: `${issued.id}A` } },
    { name: "realm", challenge: { realm: "elsewhere.test" } },
    { name: "method", challenge: { method: "tempo" } },
    { name: "intent", challenge: { intent: "charge" } },
    { name: "expires", challenge: { expires: new Date(Date.now() + 3_600_000).toISOString() } },
    { name: "no expires", challenge: { expires: undefined } },
    { name: "opaque", challenge: { opaque: "e30", meta: {} } },
    { name: "digest", challenge: { digest: "sha-256=:AAAA:" } },
    { name: "payer", payload: { payer: other } },
    { name: "signature of zeros", payload: { signature: `0x${"00".repeat(65)}` } },
    { name: "short signature", payload: { signature: "0x12" } },
    { name: "action", payload: { action: "open", deposit: "1" } },
    { name: "stream", payload: { streamId: "str_other" } },
    { name: "unknown member", payload: { extra: "1" } },
    { name: "type", payload: { type: "hash" } },
  ];
  for (const { name, challenge: changes = {}, payload = {} } of tampered) {
    const forged = {
      ...signed,
      challenge: { ...signed.challenge, ...changes },
      payload: { ...signed.payload, ...payload },
    };
    const response = await send(route, Credential.serialize(forged as Credential.Credential));
    expect({ name, status: response.status, challenged: response.headers.has("www-authenticate") }).toEqual({
      name,
      status: 402,
      challenged: true,
    });
  }
  expect(upstream).toHaveLength(0);
  expect((await send(route, Credential.serialize(signed as Credential.Credential))).status).toBe(200);
});

describe("one credential, in every spelling", () => {
  test("is good once", async () => {
    const { account, send, challenge } = setUp();
    const [route] = routes;
    if (!route) throw new Error("There is a route.");
    const spelled = (await credential(account, await challenge(route))).slice("Payment ".length);
    const json = JSON.parse(Buffer.from(spelled, "base64url").toString()) as {
      challenge: object;
      payload: object;
    };
    const reordered = Buffer.from(
      JSON.stringify({ payload: json.payload, challenge: json.challenge }),
    ).toString("base64url");
    const padded = Buffer.from(JSON.stringify(json)).toString("base64");
    const spellings = [
      `Payment ${spelled}`,
      `payment ${spelled}`,
      `PAYMENT   ${spelled}`,
      `Bearer abc, Payment ${spelled}`,
      `Payment ${reordered}`,
      `Payment ${padded}`,
    ];
    const statuses = await Promise.all(
      spellings.map(async (authorization) => (await send(route, authorization)).status),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(new Set(statuses)).toEqual(new Set([200, 402]));
  });

  test("the same signature with the high s, or compact, is no second use", async () => {
    const { account, send, challenge } = setUp();
    const [route] = routes;
    if (!route) throw new Error("There is a route.");
    const signed = Credential.deserialize<{ signature: Hex }>(
      await credential(account, await challenge(route)),
    );
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = order - BigInt(`0x${signed.payload.signature.slice(66, 130)}`);
    const v = signed.payload.signature.endsWith("1b") ? "1c" : "1b";
    const high = `${signed.payload.signature.slice(0, 66)}${s.toString(16).padStart(64, "0")}${v}`;
    const refused = await send(
      route,
      Credential.serialize({
        ...signed,
        payload: { ...signed.payload, signature: high },
      } as Credential.Credential),
    );
    expect(refused.status).toBe(402);
    expect(await refused.json()).toMatchObject({ code: "verification-failed" });
  });

  test("EIP-2098 compact signatures are taken", async () => {
    const { account, send, challenge } = setUp();
    const [route] = routes;
    if (!route) throw new Error("There is a route.");
    const signed = Credential.deserialize<{ signature: Hex }>(
      await credential(account, await challenge(route)),
    );
    const full = signed.payload.signature;
    const odd = full.endsWith("1c") ? 1n << 255n : 0n;
    const yParityAndS = (BigInt(`0x${full.slice(66, 130)}`) | odd).toString(16).padStart(64, "0");
    const compact = `${full.slice(0, 66)}${yParityAndS}`;
    const response = await send(
      route,
      Credential.serialize({
        ...signed,
        payload: { ...signed.payload, signature: compact },
      } as Credential.Credential),
    );
    expect(response.status).toBe(200);
  });
});

describe("time and secrets", () => {
  const quote = "/api/p/acme/quote";

  function server(secrets: readonly [string, ...string[]], memory: ReturnType<typeof fixture>) {
    return fixture({ secrets, ledger: memory.ledger });
  }

  test("given a new secret with the old one kept, an open challenge still pays", async () => {
    const before = fixture();
    const account = newAccount();
    const [acme] = before.doors;
    if (!acme?.tiers[0]) throw new Error("The fixture has a provider.");
    before.open(account.address, acme, acme.tiers[0], TOKEN);
    const challenge = challengeOf(await before.call(quote));
    const authorization = { headers: { Authorization: await credential(account, challenge) } };
    const newSecret = "another-secret-of-more-than-thirty-two-bytes";

    const forgotten = await server([newSecret], before).call(quote, authorization);
    expect(forgotten.status).toBe(402);
    const kept = await server([newSecret, SECRET], before).call(quote, authorization);
    expect(kept.status).toBe(200);
    const replayed = await server([newSecret, SECRET], before).call(quote, authorization);
    expect(replayed.status).toBe(402);
  });

  test("a challenge lives 120 s and is refused after that", async () => {
    const door = fixture();
    const challenge = challengeOf(await door.call(quote));
    const left = Date.parse(challenge.expires ?? "") - Date.now();
    expect(left).toBeGreaterThan(118_000);
    expect(left).toBeLessThanOrEqual(120_000);

    const { createPaymentServer } = await import("./payment-server");
    const { streamTerms } = await import("./stream-terms");
    const acme = testDoor();
    const tier = acme.tiers[0];
    if (!tier) throw new Error("The fixture has a tier.");
    const terms = streamTerms(acme, service(), tier, 31_337);
    const past = createPaymentServer({
      realm: "superstream.test",
      secrets: [SECRET],
      verifySignature: async () => true,
      now: () => Date.now() - 121_000,
    });
    const { header } = await past.issue([{ method: "ledger", request: terms }], "GET /api/p/acme/quote");
    const old = Challenge.deserialize(header) as LedgerChallenge;
    const response = await door.call(quote, {
      headers: { Authorization: await credential(newAccount(), old) },
    });
    expect(response.status).toBe(402);
    expect(await response.json()).toMatchObject({ code: "payment-expired" });
  });

  test("two challenges of the same millisecond differ", async () => {
    const door = fixture();
    const ids = await Promise.all(
      Array.from({ length: 40 }, async () => challengeOf(await door.call(quote)).id),
    );
    expect(new Set(ids).size).toBe(40);
  });
});
