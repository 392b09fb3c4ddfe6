/**
 * Calls that a caller makes to a provider's own address, as the provider has them verified, completed and watched:
 *
 *     verify
 *     ├── not the owner's provider, or none           → 404
 *     ├── not listed                                  → 404
 *     ├── nothing shown                               → a challenge for this address, this path, this body
 *     ├── a credential
 *     │   ├── for another body, path or provider      → a challenge
 *     │   ├── given for the door, or shown there      → a challenge; the door refuses ours
 *     │   ├── shown before, or by many at once        → one call, then a challenge
 *     │   ├── that opens a stream                     → opened once, authorised
 *     │   └── that closes one                         → its settlement, nothing served
 *     ├── a session
 *     │   ├── of an earlier direct call               → authorised
 *     │   ├── of the door, and ours at the door       → a challenge
 *     │   └── where a call has a price of its own     → a challenge
 *     └── an idempotency key that was served          → 409
 *     complete
 *     ├── a stranger, a call of the door              → 404
 *     ├── served                                      → a receipt that names the answer; told twice: the same
 *     ├── served with another call's receipt          → 422
 *     └── void                                        → free; a served one stays served
 *     watch                                           → only the owner's; keeps direct calls open, not the door's
 */
import { Challenge } from "mppx";
import { beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: deadlines of calls are looked at.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import { pool } from "@/lib/db/pool";
import { creditWalletOperation, getWalletOperation } from "@/lib/http/operations/account-operations";
import { registerProviderOperation } from "@/lib/http/operations/market-operations";
import {
  completePaymentOperation,
  verifyPaymentOperation,
  watchPaymentsOperation,
} from "@/lib/http/operations/payment-operations";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { providerListing } from "@/lib/testing/provider-listing";
import { signIn } from "@/lib/testing/sign-in";
import { contentDigest } from "./digest";
import { getReceipt } from "./get-receipt";
import { fetchPaidDoor } from "./paid-door";
import type { UnsignedPayload } from "./stream-typed-data";
import { credential, type LedgerChallenge } from "./testing/door-fixture";

type Person = Awaited<ReturnType<typeof signIn>>;
type Verdict = {
  outcome: "authorised" | "refused";
  requestId: string;
  streamId: string;
  payer: string;
  status: number;
  headers: Record<string, string>;
  body: string;
  receipt: Record<string, unknown>;
};
const TOKEN = 10n ** 18n;
const BODY = '{"text":"abc"}';
const DIGEST = contentDigest(BODY);
const ANSWER = contentDigest('{"letters":3}');
const PRICE = TOKEN / 100n;

let owner: Person;
let stranger: Person;

beforeAll(async () => {
  [owner, stranger] = await Promise.all([signIn(), signIn()]);
  const base = providerListing("direct");
  const [service] = base.services;
  const priced = {
    ...service,
    slug: "priced",
    path: "/priced",
    pricingModel: "fixed",
    pricePerCall: String(PRICE),
  };
  const listed = {
    tierOverrides: { basic: { maxRequestsPerHour: 1_000 } },
    services: [...base.services, priced],
  };
  for (const id of ["direct", "other"])
    await answerOf(registerProviderOperation, { token: owner.token, json: providerListing(id, listed) });
});

async function newPayer(): Promise<Person> {
  const payer = await signIn();
  await answerOf(creditWalletOperation, { token: payer.token, json: { amount: String(10n * TOKEN) } });
  return payer;
}

const asked = (over: object = {}) => ({
  ...{ providerId: "direct", method: "POST", path: "/count", requestDigest: DIGEST },
  ...over,
});
const verify = (over: object = {}) =>
  answerOf<Verdict>(verifyPaymentOperation, { token: owner.token, json: asked(over) });
const complete = (json: object, token = owner.token) =>
  callOperation(completePaymentOperation, { token, json });

function challengeIn({ headers }: Verdict): LedgerChallenge {
  return Challenge.fromResponse(new Response(null, { status: 402, headers })) as LedgerChallenge;
}

/** A call by a fresh proof, as a stock client makes it: asks, signs, asks again. */
async function paid(payer: Person, payload: Partial<UnsignedPayload>, over: object = {}): Promise<Verdict> {
  const challenge = challengeIn(await verify(over));
  return verify({ ...over, authorization: await credential(payer.account, challenge, payload) });
}
const open = { action: "open", deposit: String(TOKEN) } as const;

function codeOf({ body }: Verdict): string {
  return (JSON.parse(body) as { code: string }).code;
}

describe("whose call it is", () => {
  test("somebody else's provider is as unknown as none", async () => {
    const sent = { token: stranger.token, json: asked() };
    const theirs = await callOperation(verifyPaymentOperation, sent);
    const none = await callOperation(verifyPaymentOperation, {
      ...sent,
      json: asked({ providerId: "nobody" }),
    });
    for (const response of [theirs, none]) {
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: "provider-not-found" });
    }
  });

  test("a path that is not listed is the provider's mistake", async () => {
    const response = await callOperation(verifyPaymentOperation, {
      token: owner.token,
      json: asked({ path: "/free" }),
    });
    expect([response.status, await response.json()]).toMatchObject([404, { code: "service-not-found" }]);
  });
});

describe("nothing shown", () => {
  test("gives a challenge for this address, path, query and body, and no single payments", async () => {
    const verdict = await verify({ path: "/count?unit=mm" });
    expect(verdict).toMatchObject({ outcome: "refused", status: 402 });
    expect(codeOf(verdict)).toBe("payment-required");
    expect(verdict.headers).not.toHaveProperty("payment-required");
    const { opaque, method, request } = challengeIn(verdict);
    expect(method).toBe("ledger");
    expect(request.methodDetails.plan).toBe("direct");
    expect(Buffer.from(String(opaque), "base64url").toString()).toContain(
      `POST https://api.letters.dev/v1/count?unit=mm body ${DIGEST}`,
    );
  });
});

describe("a credential", () => {
  test("that opens a stream is authorised, and its money moves once", async () => {
    const payer = await newPayer();
    const verdict = await paid(payer, open);
    expect(verdict).toMatchObject({ outcome: "authorised", payer: payer.address });
    expect(verdict.headers["stream-session"]).toMatch(/^[\w-]{43}$/);
    expect(verdict.receipt).toMatchObject({
      resource: "POST https://api.letters.dev/v1/count",
      plan: "direct",
      responseDigest: null,
      verificationLevel: "none",
    });
    expect(await answerOf(getWalletOperation, { token: payer.token })).toMatchObject({
      balance: String(9n * TOKEN),
    });
  });

  test("shown by twenty at once authorises one call", async () => {
    const payer = await newPayer();
    await paid(payer, open);
    const authorization = await credential(payer.account, challengeIn(await verify()));
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verify({ authorization })));
    expect(verdicts.filter(({ outcome }) => outcome === "authorised")).toHaveLength(1);
    for (const verdict of verdicts.filter(({ outcome }) => outcome === "refused")) {
      expect(verdict.status).toBe(402);
      expect(codeOf(verdict)).toBe("invalid-challenge");
    }
  });

  test.each([
    ["another body", { requestDigest: contentDigest("{}") }],
    ["another query", { path: "/count?unit=mm" }],
    ["another service", { path: "/priced" }],
    ["another provider of the same owner", { providerId: "other" }],
  ])("for %s is refused", async (_, over) => {
    const payer = await newPayer();
    await paid(payer, open);
    const authorization = await credential(payer.account, challengeIn(await verify()));
    expect(await verify({ ...over, authorization })).toMatchObject({ outcome: "refused", status: 402 });
    expect(await verify({ authorization })).toMatchObject({ outcome: "authorised" });
  });

  test("for the door is refused here, and ours is refused at the door", async () => {
    const payer = await newPayer();
    await paid(payer, open);
    const atDoor = (headers: Record<string, string> = {}) =>
      fetchPaidDoor(
        new Request("http://localhost:3000/api/p/direct/count", { method: "POST", body: BODY, headers }),
      );
    const doors = Challenge.fromResponse(await atDoor()) as LedgerChallenge;
    const authorization = await credential(payer.account, doors);
    expect(await verify({ authorization })).toMatchObject({ outcome: "refused", status: 402 });
    const ours = await credential(payer.account, challengeIn(await verify()));
    expect((await atDoor({ authorization: ours })).status).toBe(402);
  });

  test("that closes the stream settles it, and nothing is served", async () => {
    const payer = await newPayer();
    const { streamId, requestId } = await paid(payer, open);
    await complete({ requestId, outcome: "voided", status: 502 });
    const verdict = await paid(payer, { action: "close", streamId });
    expect(verdict).toMatchObject({ outcome: "refused", status: 200 });
    expect(JSON.parse(verdict.body)).toMatchObject({ status: "settled", streamId });
  });
});

describe("a session", () => {
  test("of a direct call lets the next one in, at this provider only and never at the door", async () => {
    const payer = await newPayer();
    const session = (await paid(payer, open)).headers["stream-session"] ?? "";
    expect(await verify({ session })).toMatchObject({ outcome: "authorised", payer: payer.address });
    expect(await verify({ session, providerId: "other" })).toMatchObject({ outcome: "refused", status: 402 });
    const atDoor = await fetchPaidDoor(
      new Request("http://localhost:3000/api/p/direct/count", {
        method: "POST",
        body: BODY,
        headers: { "stream-session": session },
      }),
    );
    expect(atDoor.status).toBe(402);
  });

  test("does not pay where a call has a price of its own: that is signed for each time", async () => {
    const payer = await newPayer();
    const first = await paid(payer, open, { path: "/priced" });
    expect(first.outcome).toBe("authorised");
    const session = first.headers["stream-session"];
    expect(await verify({ path: "/priced", session })).toMatchObject({ outcome: "refused", status: 402 });
    expect(await verify({ session })).toMatchObject({ outcome: "authorised" });
  });
});

describe("the end of a call", () => {
  test("served: the receipt names the answer, is kept, and is the same when told twice", async () => {
    const payer = await newPayer();
    const { requestId, receipt } = await paid(payer, open, { path: "/priced", idempotencyKey: "key-1" });
    const ending = { requestId, outcome: "served", status: 200, responseDigest: ANSWER, receipt };
    const [first, again] = await Promise.all([complete(ending), complete(ending)]);
    const answers = [await first.json(), await again.json()];
    expect(answers[0]).toMatchObject({
      ended: true,
      receipt: { responseDigest: ANSWER, verificationLevel: "hash-committed", requestId },
    });
    expect(answers[1]).toEqual(answers[0]);
    expect(await getReceipt(requestId)).toMatchObject({ verified: true, receipt: answers[0].receipt });
    const replay = await verify({ path: "/priced", idempotencyKey: "key-1", session: "x".repeat(43) });
    expect(replay).toMatchObject({ outcome: "refused", status: 402 });
    const key = { path: "/priced", idempotencyKey: "key-1" };
    const sameKey = await paid(payer, {}, key);
    expect(sameKey).toMatchObject({ outcome: "refused", status: 409 });
    expect(codeOf(sameKey)).toBe("idempotency-conflict");
    expect(await spentOf(requestId)).toBe(PRICE);
    expect(await runInvariants()).toEqual([]);
  });

  test("served is what it stays, and void too: a price is posted once or not at all", async () => {
    const payer = await newPayer();
    const { requestId, receipt } = await paid(payer, open, { path: "/priced" });
    const served = { requestId, outcome: "served", status: 200, responseDigest: ANSWER, receipt };
    const voided = { requestId, outcome: "voided", status: 502 };
    expect(await (await complete(voided)).json()).toEqual({ ended: true, receipt: null });
    expect(await (await complete(served)).json()).toEqual({ ended: false, receipt: null });
    expect(await spentOf(requestId)).toBe(0n);
  });

  test("with the receipt of another call, or one that was written over, it is refused", async () => {
    const payer = await newPayer();
    const [a, b] = [await paid(payer, open), await paid(payer, {})];
    const served = { requestId: a.requestId, outcome: "served", status: 200, responseDigest: ANSWER };
    for (const receipt of [b.receipt, { ...a.receipt, price: "1" }, {}, null])
      expect((await complete({ ...served, receipt })).status).toBe(422);
    expect((await complete({ ...served, receipt: a.receipt })).status).toBe(200);
  });

  test("a stranger, the payer, and the owner of a call of the door, are told that there is none", async () => {
    const payer = await newPayer();
    const { requestId, receipt } = await paid(payer, open);
    const ending = { requestId, outcome: "served", status: 200, responseDigest: ANSWER, receipt };
    for (const { token } of [stranger, payer]) expect((await complete(ending, token)).status).toBe(404);
    const { rows } = await pool().query<{ id: string }>(
      `insert into request (id, stream_id, provider_id, payer, request_type, method, path, via, decision, state, at_ms, deadline_ms, request_hash)
       select 'req_door', stream_id, provider_id, payer, 'count', 'POST', '/api/p/direct/count', 'session', 'authorised', 'open', at_ms, at_ms + 60000, 'x'
       from request where id = $1 returning id`,
      [requestId],
    );
    const doors = { ...ending, requestId: rows[0]?.id };
    expect((await complete(doors)).status).toBe(404);
    expect((await complete({ ...doors, outcome: "voided" })).status).toBe(404);
  });
});

describe("watching", () => {
  test("tells what is left, and keeps direct calls open but not the door's", async () => {
    const payer = await newPayer();
    const { requestId, streamId } = await paid(payer, open);
    const near = "update request set deadline_ms = clock_ms() + 30000 where id = any($1)";
    await pool().query(near, [[requestId, "req_door"]]);
    const watch = (token: string) =>
      answerOf<{ items: Record<string, unknown>[] }>(watchPaymentsOperation, {
        token,
        json: { requestIds: [requestId, "req_door", "req_unknown"] },
      });
    const { items } = await watch(owner.token);
    expect(items).toHaveLength(2);
    expect(items.find((item) => item.requestId === requestId)).toMatchObject({
      open: true,
      streamId,
      status: "active",
    });
    const { rows } = await pool().query<{ id: string; left: number }>(
      "select id, (deadline_ms - clock_ms())::int as left from request where id = any($1)",
      [[requestId, "req_door"]],
    );
    const left = Object.fromEntries(rows.map((row) => [row.id, row.left]));
    expect(left[requestId]).toBeGreaterThan(45_000);
    expect(left.req_door).toBeLessThanOrEqual(30_000);
    expect(await watch(stranger.token)).toEqual({ items: [] });
  });
});

async function spentOf(requestId: string): Promise<bigint> {
  const { rows } = await pool().query<{ used: string }>(
    "select s.used from stream s join request r on r.stream_id = s.id where r.id = $1",
    [requestId],
  );
  return BigInt(rows[0]?.used ?? -1);
}
