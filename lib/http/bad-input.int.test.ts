import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the test compares whole tables, which other files write at the same time.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { createSiweMessage, type SiweMessage } from "viem/siwe";
import { pool } from "@/lib/db/pool";
import { type ProblemCode, problems } from "@/lib/errors";
import { type BadRequest, badRequests } from "@/lib/testing/bad-requests";
import { answerOf, callOperation, type Sent } from "@/lib/testing/call-operation";
import { databaseFingerprint } from "@/lib/testing/database-fingerprint";
import { providerListing } from "@/lib/testing/provider-listing";
import { rightRequests } from "@/lib/testing/right-requests";
import { signIn } from "@/lib/testing/sign-in";
import type { Operation } from "./define-operation";
import { operations } from "./operations";
import { createWebhookOperation } from "./operations/alert-operations";
import {
  createNonceOperation,
  createSessionOperation,
  deleteSessionOperation,
} from "./operations/auth-operations";
import { registerProviderOperation } from "./operations/market-operations";
import { openStreamOperation } from "./operations/stream-change-operations";
import { forgetRateCounts } from "./rate-limit";

/** Wrong requests for each operation, at least. */
const CASES_MIN = 200;
const UNKNOWN: Record<string, string> = {
  streamId: "str_0000000000000000000000000000000000",
  requestId: "req_0000000000000000000000000000000000",
  serviceId: "svc_0000000000000000000000000000000000",
  providerId: "nobody-has-this",
  category: "no_category",
  alertId: "alt_0000000000000000000000000000000000",
  webhookId: "whk_0000000000000000000000000000000000",
  deliveryId: "msg_0000000000000000000000000000000000",
};

let market: Awaited<ReturnType<typeof rightRequests>>;

beforeAll(async () => {
  market = await rightRequests();
});
beforeEach(() => forgetRateCounts());

type Answer = { status: number; code: ProblemCode; body: Record<string, unknown> };

/** Sends a wrong request and insists that it is refused as problem details that hold together. */
async function refused(operation: Operation, { why, sent }: BadRequest): Promise<Answer> {
  const response = await callOperation(operation, sent);
  const text = await response.text();
  const about = `${operation.id}, ${why}: ${response.status} ${text.slice(0, 300)}`;
  expect(response.status, about).toBeGreaterThanOrEqual(400);
  expect(response.status, about).toBeLessThan(500);
  expect(response.status, about).not.toBe(429);
  expect(response.headers.get("Content-Type"), about).toBe("application/problem+json");
  const body = JSON.parse(text) as Record<string, unknown> & { code: ProblemCode };
  expect(problems[body.code], about).toMatchObject({ status: response.status, title: body.title });
  expect(body.type, about).toBe(`http://localhost:3000/problems/${body.code}`);
  expect(text, about).not.toContain(market.sender.token);
  return { status: response.status, code: body.code, body };
}

/** Sixteen at a time: as a server meets them, and quick. */
async function refuseAll(operation: Operation, cases: readonly BadRequest[]): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < cases.length; at += 16) {
    forgetRateCounts();
    answers.push(...(await Promise.all(cases.slice(at, at + 16).map((bad) => refused(operation, bad)))));
  }
  return answers;
}

/** Runs, and insists that not one row of any table changed. */
async function withoutWriting(run: () => Promise<void>): Promise<void> {
  const before = await databaseFingerprint();
  await run();
  expect(await databaseFingerprint()).toEqual(before);
}

describe("bad input", () => {
  test.each(operations.map((operation) => ({ id: operation.id, operation })))(
    "given at least 200 wrong requests, the operation $id refuses each with problem details and writes nothing",
    async ({ operation }) => {
      await withoutWriting(async () => {
        const cases = badRequests(operation, market.rightFor(operation), CASES_MIN);
        expect(cases.length).toBeGreaterThanOrEqual(CASES_MIN);
        const answers = await refuseAll(operation, cases);
        // The cases reach past the front door: not all of them are refused for one and the same reason.
        expect(new Set(answers.map(({ code }) => code)).size).toBeGreaterThan(1);
      });
    },
  );

  test("given an id that is unknown and one of somebody else's, the two answers are the same 404", async () => {
    await withoutWriting(async () => {
      for (const operation of operations.filter(
        ({ auth, params }) => auth === "account" && Object.keys(params.shape).length > 0,
      )) {
        const { sent } = market.rightFor(operation);
        const theirs = await refused(operation, {
          why: "somebody else's",
          sent: { ...sent, token: market.stranger.token },
        });
        const names = Object.keys(operation.params.shape);
        const params = Object.fromEntries(names.map((name) => [name, UNKNOWN[name] ?? ""]));
        const unknown = await refused(operation, { why: "unknown", sent: { ...sent, params } });
        expect(theirs.status).toBe(404);
        expect(theirs.body).toEqual(unknown.body);
      }
    });
  });

  test("given the wrong end of a stream, its operations are not there either", async () => {
    await withoutWriting(async () => {
      for (const id of [
        "topUpStream",
        "pauseStream",
        "resumeStream",
        "changeStreamTier",
        "setAutoTopUp",
        "collectStream",
      ]) {
        const operation = operations.find((candidate) => candidate.id === id);
        if (!operation) throw new Error(`There is no operation ${id}.`);
        const { sent } = market.rightFor(operation);
        const token = id === "collectStream" ? market.sender.token : market.owner.token;
        expect((await refused(operation, { why: "the other end", sent: { ...sent, token } })).code).toBe(
          "stream-not-found",
        );
      }
    });
  });

  test("given input that only the market or the ledger can refuse, it does, and writes nothing", async () => {
    const open = (json: Record<string, unknown>, headers: HeadersInit = {}): Sent => ({
      token: market.sender.token,
      json,
      headers,
    });
    const register = (changes: Record<string, unknown>, token = market.owner.token): Sent => ({
      token,
      json: providerListing("target", changes),
    });
    const table: [Operation, Sent, ProblemCode][] = [
      [openStreamOperation, open({ providerId: "nobody-has-this" }), "provider-not-found"],
      [openStreamOperation, open({ providerId: "target", tier: "platinum" }), "unknown-tier"],
      [openStreamOperation, open({ providerId: "target", deposit: "1" }), "invalid-input"],
      [openStreamOperation, open({ providerId: "target", tier: "enterprise" }), "insufficient-balance"],
      [openStreamOperation, { ...open({ providerId: "target" }), token: market.owner.token }, "self-stream"],
      [
        openStreamOperation,
        open({ providerId: "target", tier: "enterprise" }, { "Idempotency-Key": "taken" }),
        "idempotency-conflict",
      ],
      [createWebhookOperation, open({ url: "https://169.254.169.254/latest" }), "invalid-input"],
      [createWebhookOperation, open({ url: "http://hooks.example.com/" }), "invalid-input"],
      [createWebhookOperation, open({ url: "https://localhost/" }), "invalid-input"],
      [createWebhookOperation, open({ url: "https://hooks.example.com/?token=x" }), "invalid-input"],
      [registerProviderOperation, register({}, market.stranger.token), "provider-taken"],
      [registerProviderOperation, register({ id: "cheapest" }), "invalid-input"],
      [registerProviderOperation, register({ endpoint: "https://169.254.169.254/latest" }), "invalid-input"],
      [registerProviderOperation, register({ tierOverrides: { platinum: {} } }), "unknown-tier"],
      [registerProviderOperation, register({ tierOverrides: { constructor: {} } }), "unknown-tier"],
      [
        registerProviderOperation,
        register({ tierOverrides: { basic: { rate: { amount: "86399", periodMs: 86_400_000 } } } }),
        "invalid-input",
      ],
      [
        registerProviderOperation,
        register({ capabilities: ["letter-count", "letter-count"] }),
        "invalid-input",
      ],
      [registerProviderOperation, register({ capabilities: ["other"] }), "invalid-input"],
    ].map((row) => row as [Operation, Sent, ProblemCode]);
    await withoutWriting(async () => {
      for (const [operation, sent, code] of table)
        expect((await refused(operation, { why: JSON.stringify(sent.json), sent })).code).toBe(code);
    });
  });

  test("given signatures that are foreign, stale or for another site, nobody is signed in and no nonce is used up", async () => {
    const { nonce } = await answerOf<{ nonce: string }>(createNonceOperation);
    const { account } = market.sender;
    const message = (changes: Partial<SiweMessage> = {}) =>
      createSiweMessage({
        address: account.address,
        chainId: 31_337,
        domain: "localhost:3000",
        uri: "http://localhost:3000",
        version: "1",
        nonce,
        expirationTime: new Date(Date.now() + 60_000),
        ...changes,
      });
    const stale = message({ expirationTime: new Date(Date.now() - 1) });
    const elsewhere = message({ domain: "evil.example" });
    const cases = [
      { message: message(), signature: await market.stranger.account.signMessage({ message: message() }) },
      { message: stale, signature: await account.signMessage({ message: stale }) },
      { message: elsewhere, signature: await account.signMessage({ message: elsewhere }) },
    ];
    await withoutWriting(async () => {
      for (const json of cases)
        expect(
          (await refused(createSessionOperation, { why: "a wrong signature", sent: { json } })).code,
        ).toBe("invalid-signature");
    });
  });

  test("given a provider or a tier that is not there, the refusal names it", async () => {
    const open = (json: object) => callOperation(openStreamOperation, { token: market.sender.token, json });
    expect(await (await open({ providerId: "no-one" })).json()).toMatchObject({
      status: 404,
      detail: "Provider no-one not registered",
    });
    expect(await (await open({ providerId: "target", tier: "gold" })).json()).toMatchObject({
      status: 400,
      detail: "Unknown tier: gold",
    });
  });

  test("given sessions that are revoked or past their time, they open nothing", async () => {
    const [revoked, expired] = await Promise.all([signIn(), signIn()]);
    await answerOf(deleteSessionOperation, { token: revoked.token });
    await pool().query(
      "update auth_session set expires_at = now() - interval '1 second' where address = $1",
      [expired.address],
    );
    await withoutWriting(async () => {
      for (const operation of operations.filter(({ auth }) => auth === "account"))
        for (const { token } of [revoked, expired])
          expect(
            (await refused(operation, { why: "stale", sent: { ...market.rightFor(operation).sent, token } }))
              .code,
          ).toBe("sign-in-required");
    });
  });

  test("given the bad-input net itself, a request that is right gets through it: the cases can fail", async () => {
    const { sent } = market.rightFor(createNonceOperation);
    await expect(refused(createNonceOperation, { why: "nothing is wrong", sent })).rejects.toThrow();
  });
});
