/**
 * What every mount of the paid door promises, as checks over HTTP alone: the custom server, the Next route and a deployed
 * site run the same list. A check throws when its promise does not hold.
 */
import assert from "node:assert/strict";
import { wrapFetchWithSIWx } from "@x402/extensions/sign-in-with-x";
import { Challenge, Credential, Receipt } from "mppx";
import { Mppx } from "mppx/client";
import type { PrivateKeyAccount } from "viem/accounts";
import { ledgerStream } from "@/agents/client/ledger-stream";
import type { SpendingCaps } from "@/agents/client/spending-caps";
import { streamFetch } from "@/agents/client/stream-fetch";
import type { Json } from "../canonical-json";
import { contentDigest } from "../digest";
import type { StreamRequest } from "../ledger-method";
import type { ReceiptJwk } from "../receipt-keys";
import { streamTypedData, type UnsignedPayload } from "../stream-typed-data";
import { verifyReceipt } from "../verify-receipt";

export type DoorUnderTest = {
  baseUrl: string;
  providerId: string;
  /** A POST service whose flow is its whole price: path behind the provider, and a body that it answers with 2xx. */
  path: string;
  body: string;
  /** A body that the provider itself refuses with 4xx. */
  refusedBody: string;
  /** A new account with at least 5 USDCx in its ledger wallet. */
  newPayer: () => Promise<PrivateKeyAccount>;
};

export type DoorCheck = { promise: string; run: (door: DoorUnderTest) => Promise<void> };

const TOKEN = 10n ** 18n;
const caps: SpendingCaps = { maxRatePerDay: 1_000n * TOKEN, maxDeposit: 2n * TOKEN, maxTotal: 5n * TOKEN };

const url = ({ baseUrl, providerId, path }: DoorUnderTest) => `${baseUrl}/api/p/${providerId}${path}`;
const post = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  body,
  headers: { "Content-Type": "application/json", ...headers },
});

export const doorContract: readonly DoorCheck[] = [
  {
    promise: "a stranger gets a challenge that no cache keeps",
    async run(door) {
      const response = await fetch(url(door), post(door.body));
      assert.equal(response.status, 402);
      assert.equal(response.headers.get("cache-control"), "no-store");
      assert.equal(response.headers.get("content-type"), "application/problem+json");
      const challenge = Challenge.fromResponse(response);
      assert.equal(challenge.method, "ledger");
      assert.equal(challenge.intent, "stream");
      assert.ok(response.headers.get("payment-required"));
    },
  },
  {
    promise: "a challenge comes before the body is judged",
    async run(door) {
      assert.equal((await fetch(url(door), { method: "POST" })).status, 402);
      assert.equal((await fetch(url(door), post("not json"))).status, 402);
    },
  },
  {
    promise: "the stock mppx client opens a stream and is served with a receipt that verifies",
    async run(door) {
      const client = Mppx.create({
        polyfill: false,
        methods: [ledgerStream({ account: await door.newPayer(), caps })],
      });
      const response = await client.fetch(url(door), post(door.body));
      const text = await response.text();
      assert.equal(response.status, 200, text);
      assert.match(response.headers.get("cache-control") ?? "", /private/);
      assert.match(response.headers.get("stream-remaining") ?? "", /^[1-9]\d*$/);
      assert.match(response.headers.get("stream-runway-seconds") ?? "", /^[1-9]\d*$/);

      const receipt = Receipt.fromResponse(response) as unknown as Record<string, Json>;
      assert.equal(receipt.requestDigest, contentDigest(door.body));
      assert.equal(receipt.responseDigest, contentDigest(text));
      assert.equal(receipt.verificationLevel, "hash-committed");
      const { keys } = (await (await fetch(`${door.baseUrl}/.well-known/jwks.json`)).json()) as {
        keys: ReceiptJwk[];
      };
      assert.equal((await verifyReceipt(receipt, keys)).valid, true);
      const forged = await verifyReceipt({ ...receipt, remaining: "0" }, keys);
      assert.equal(forged.valid, false);
    },
  },
  {
    promise: "a session token makes every later call one request",
    async run(door) {
      let requests = 0;
      const counting: typeof fetch = (input, init) => {
        requests += 1;
        return fetch(input, init);
      };
      const paid = streamFetch({ account: await door.newPayer(), caps, fetch: counting });
      assert.equal((await paid(url(door), post(door.body))).status, 200);
      const before = requests;
      for (let call = 0; call < 3; call += 1)
        assert.equal((await paid(url(door), post(door.body))).status, 200);
      assert.equal(requests - before, 3);
    },
  },
  {
    promise: "many first calls of one agent open one stream",
    async run(door) {
      const client = Mppx.create({
        polyfill: false,
        methods: [ledgerStream({ account: await door.newPayer(), caps })],
      });
      const responses = await Promise.all(
        Array.from({ length: 5 }, () => client.fetch(url(door), post(door.body))),
      );
      const streams = responses.map((response) => {
        assert.equal(response.status, 200);
        return (Receipt.fromResponse(response) as unknown as { streamId: string }).streamId;
      });
      assert.equal(new Set(streams).size, 1);
    },
  },
  {
    promise: "one credential sent 20 times at once is served once",
    async run(door) {
      const account = await payerWithStream(door);
      const challenge = await challengeFor(door, door.body);
      const headers = { Authorization: await answer(account, challenge) };
      const responses = await Promise.all(
        Array.from({ length: 20 }, () => fetch(url(door), post(door.body, headers))),
      );
      const statuses = responses.map(({ status }) => status);
      assert.equal(statuses.filter((status) => status === 200).length, 1);
      assert.equal(statuses.filter((status) => status === 402).length, 19);
    },
  },
  {
    promise: "a credential for one body does not pay for another, nor for another query",
    async run(door) {
      const account = await payerWithStream(door);
      const headers = { Authorization: await answer(account, await challengeFor(door, door.body)) };
      const otherBody = await fetch(url(door), post(`${door.body} `, headers));
      assert.equal(otherBody.status, 402);
      const otherQuery = await fetch(`${url(door)}?x=1`, post(door.body, headers));
      assert.equal(otherQuery.status, 402);
      assert.equal((await fetch(url(door), post(door.body, headers))).status, 200);
    },
  },
  {
    promise: "a signature of somebody else is refused with a fresh challenge",
    async run(door) {
      const [owner, thief] = [await payerWithStream(door), await door.newPayer()];
      const challenge = await challengeFor(door, door.body);
      const forged = await answer(thief, challenge, { action: "prove", payer: owner.address });
      const response = await fetch(url(door), post(door.body, { Authorization: forged }));
      assert.equal(response.status, 402);
      assert.equal(((await response.json()) as { code: string }).code, "verification-failed");
      assert.ok(response.headers.get("www-authenticate"));
    },
  },
  {
    promise: "an idempotency key pays once and answers the same bytes",
    async run(door) {
      const paid = streamFetch({ account: await door.newPayer(), caps });
      const init = post(door.body, { "Idempotency-Key": `check-${crypto.randomUUID()}` });
      const [first, second] = [await paid(url(door), init), await paid(url(door), init)];
      assert.equal(first.status, 200);
      assert.equal(second.headers.get("idempotent-replayed"), "true");
      assert.equal(second.headers.get("payment-receipt"), first.headers.get("payment-receipt"));
      assert.equal(await second.text(), await first.text());
      const conflict = await paid(url(door), { ...init, body: `${door.body} ` });
      assert.equal(conflict.status, 409);
      assert.equal(conflict.headers.get("www-authenticate"), null);
    },
  },
  {
    promise: "what the provider refuses has no receipt",
    async run(door) {
      const paid = streamFetch({ account: await door.newPayer(), caps });
      const response = await paid(url(door), post(door.refusedBody));
      assert.ok(
        response.status >= 400 && response.status < 500 && response.status !== 402,
        `${response.status}`,
      );
      assert.equal(response.headers.get("payment-receipt"), null);
    },
  },
  {
    promise: "the stock sign-in-with-x client is let in by an open stream",
    async run(door) {
      const account = await payerWithStream(door);
      const response = await wrapFetchWithSIWx(fetch, account)(url(door), post(door.body));
      assert.equal(response.status, 200);
      assert.equal((Receipt.fromResponse(response) as unknown as { via: string }).via, "siwx");
    },
  },
  {
    promise: "closing settles, and its session token is dead at once",
    async run(door) {
      const account = await door.newPayer();
      const client = Mppx.create({ polyfill: false, methods: [ledgerStream({ account, caps })] });
      const served = await client.fetch(url(door), post(door.body));
      const { streamId } = Receipt.fromResponse(served) as unknown as { streamId: string };
      const closed = await client.fetch(url(door), {
        ...post(door.body),
        context: { action: "close", streamId },
      });
      const settlement = (await closed.json()) as Record<string, string>;
      assert.equal(closed.status, 200);
      assert.equal(settlement.status, "settled");
      assert.match(settlement.refund ?? "", /^\d+$/);
      const token = served.headers.get("stream-session") ?? "";
      const after = await fetch(url(door), post(door.body, { "Stream-Session": token }));
      assert.equal(after.status, 402);
    },
  },
  {
    promise: "only listed services can be called, and paths are read one way",
    async run({ baseUrl, providerId, path }) {
      const status = async (target: string, init: RequestInit = {}) =>
        (await fetch(`${baseUrl}${target}`, init)).status;
      assert.equal(await status(`/api/p/${providerId}/no-such-service`), 404);
      assert.equal(await status("/api/p/no-such-provider/x"), 404);
      assert.equal(await status(`/api/p/${providerId}${path}`, { method: "DELETE" }), 405);
      assert.equal(await status(`/api/p/${providerId}/..%2f..%2fadmin`), 400);
    },
  },
  {
    promise: "bad headers and two credentials are a 400 without a challenge",
    async run(door) {
      for (const headers of [
        { Authorization: "Payment aaaa, Payment bbbb" },
        { Authorization: "Payment aaaa", "Sign-In-With-X": "aaaa" },
        { "Idempotency-Key": "one, two" },
        { "Stream-Tier": "basic, professional" },
      ]) {
        const response = await fetch(url(door), post(door.body, headers));
        assert.equal(response.status, 400);
        assert.equal(response.headers.get("www-authenticate"), null);
        assert.equal(response.headers.get("content-type"), "application/problem+json");
      }
    },
  },
  {
    promise: "a body beyond 256 KiB is a 413",
    async run(door) {
      const response = await fetch(url(door), post("x".repeat(256 * 1024 + 1)));
      assert.equal(response.status, 413);
    },
  },
  {
    promise: "a page of another origin may ask, and read what it needs",
    async run(door) {
      const preflight = await fetch(url(door), { method: "OPTIONS" });
      assert.equal(preflight.status, 204);
      assert.match(preflight.headers.get("access-control-allow-headers") ?? "", /Authorization/);
      const response = await fetch(url(door), post(door.body));
      assert.match(response.headers.get("access-control-expose-headers") ?? "", /WWW-Authenticate/);
    },
  },
];

type LedgerChallenge = Challenge.Challenge<StreamRequest, "stream", "ledger">;

async function challengeFor(door: DoorUnderTest, body: string): Promise<LedgerChallenge> {
  return Challenge.fromResponse(await fetch(url(door), post(body))) as LedgerChallenge;
}

/** Signs by hand what a client would: the checks send it where no client should. */
async function answer(
  account: PrivateKeyAccount,
  challenge: LedgerChallenge,
  payload: UnsignedPayload = { action: "prove", payer: account.address },
): Promise<string> {
  const signature = await account.signTypedData(streamTypedData(challenge, payload));
  return Credential.serialize(
    Credential.from({ challenge, payload: { ...payload, type: "proof", signature } }),
  );
}

async function payerWithStream(door: DoorUnderTest): Promise<PrivateKeyAccount> {
  const account = await door.newPayer();
  const response = await streamFetch({ account, caps })(url(door), post(door.body));
  assert.equal(response.status, 200);
  return account;
}
