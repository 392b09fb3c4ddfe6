/** Callers who come past the door, with a stock mppx client, and answers that stream for as long as money does. */
import { Receipt } from "mppx";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: its clock is moved.
await vi.hoisted(async () => (await import("@/lib/testing/own-database")).ownDatabase());

import { pool } from "@/lib/db/pool";
import { runInvariants } from "@/lib/ledger/run-invariants";
import type { Json } from "@/lib/mpp/canonical-json";
import { contentDigest } from "@/lib/mpp/digest";
import type { ReceiptJwk } from "@/lib/mpp/receipt-keys";
import { verifyReceipt } from "@/lib/mpp/verify-receipt";
import type { RealPayer } from "@/lib/testing/real-payer";
import { chat, moveClock, type ProviderRig, post, providerRig, readEvents } from "./testing/provider-rig";
import type { StartedProvider } from "./testing/start-provider";

// Programs of their own, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let rig: ProviderRig;
let provider: StartedProvider;

beforeAll(async () => {
  rig = await providerRig(1, { TOP_UP_SECONDS: "3", MAX_PER_STREAM: "4" });
  provider = await rig.start();
}, 180_000);
afterAll(() => rig?.close(), 60_000);
afterEach(async () => {
  Object.assign(rig.inference.settings, { wordMs: 0, padding: 0, failWith: 0 });
  await moveClock(0);
});

const CHAT = "/v1/chat/completions";
const url = () => provider.url + CHAT;
const doorUrl = () => `${rig.server.url}/api/p/${provider.id}${CHAT}`;

async function callsOf({ account }: RealPayer) {
  const { rows } = await pool().query<{ state: string; path: string; stream: string }>(
    "select state, path, stream_id as stream from request where payer = $1 and state <> 'denied' order by at_ms, id",
    [account.address.toLowerCase()],
  );
  return rows;
}

describe("one credential, one answer", () => {
  test("a stock client is challenged, pays, and gets an answer with a receipt that holds", async () => {
    const payer = await rig.newPayer();
    const unpaid = await fetch(url(), post(chat("a b c")));
    expect(unpaid.status).toBe(402);
    expect(unpaid.headers.get("www-authenticate")).toContain('method="ledger"');
    expect(rig.inference.asked).toHaveLength(0);

    const response = await rig.stock(payer)(url(), post(chat("a b c")));
    expect(response.status).toBe(200);
    const body = await response.text();
    expect(JSON.parse(body).choices[0].message.content).toBe("c b a ");
    const receipt = Receipt.fromResponse(response) as unknown as Record<string, Json>;
    expect(receipt).toMatchObject({
      resource: `POST ${provider.url}${CHAT}`,
      responseDigest: contentDigest(body),
      verificationLevel: "hash-committed",
    });
    const { keys } = (await (await fetch(`${rig.server.url}/.well-known/jwks.json`)).json()) as {
      keys: ReceiptJwk[];
    };
    expect(await verifyReceipt(receipt, keys)).toMatchObject({ valid: true });
    expect(await callsOf(payer)).toMatchObject([{ state: "served", path: `${provider.url}${CHAT}` }]);
  });

  test("the credential of an answer buys no second one, nor another question its answer", async () => {
    const payer = await rig.newPayer();
    const seen: string[] = [];
    const spy: typeof fetch = async (input, init) => {
      const request = new Request(input, init);
      seen.push(request.headers.get("authorization") ?? "");
      return fetch(request);
    };
    const { Mppx } = await import("mppx/client");
    const { ledgerStream } = await import("@/agents/client/ledger-stream");
    const caps = { maxRatePerDay: 10n ** 20n, maxDeposit: 10n ** 18n, maxTotal: 10n ** 18n };
    const mppx = Mppx.create({
      polyfill: false,
      fetch: spy,
      methods: [ledgerStream({ account: payer.account, caps })],
    });
    expect((await mppx.fetch(url(), post(chat("once")))).status).toBe(200);
    const authorization = seen.at(-1) ?? "";
    expect(authorization).toMatch(/^Payment /);
    const before = rig.inference.asked.length;
    const again = await Promise.all(
      Array.from({ length: 10 }, () => fetch(url(), post(chat("once"), { authorization }))),
    );
    expect(again.map(({ status }) => status)).toEqual(Array(10).fill(402));
    const other = await fetch(url(), post(chat("twice"), { authorization }));
    expect(other.status).toBe(402);
    expect(rig.inference.asked).toHaveLength(before);
  });

  test("a session serves the next call in one request, and none at the door", async () => {
    const payer = await rig.newPayer();
    const session = (await payer.pay(url(), post(chat("one")))).headers.get("stream-session") ?? "";
    const next = await fetch(url(), post(chat("two"), { "stream-session": session }));
    expect(next.status).toBe(200);
    expect((await fetch(doorUrl(), post(chat("three"), { "stream-session": session }))).status).toBe(402);
  });

  test("a forged grant, and a grant beside another payment, are refused", async () => {
    const forged = await fetch(url(), post(chat("hi"), { "stream-grant": "e30.e30.e30" }));
    expect([forged.status, (await forged.json()).code]).toEqual([403, "grant-invalid"]);
    const both = { "stream-grant": "e30.e30.e30", authorization: "Payment e30" };
    expect((await fetch(url(), post(chat("hi"), both))).status).toBe(400);
  });
});

describe("what fails is free", () => {
  test.each([
    [500, 502, "inference-failed"],
    [401, 502, "inference-failed"],
    [429, 503, "inference-busy"],
    [400, 400, "inference-refused"],
  ])("given that the model answers %s, the caller gets %s and its call is void", async (from, to, code) => {
    const payer = await rig.newPayer();
    rig.inference.settings.failWith = from;
    const response = await rig.stock(payer)(url(), post(chat("hi")));
    expect([response.status, (await response.json()).code]).toEqual([to, code]);
    expect(response.headers.has("payment-receipt")).toBe(false);
    expect(await callsOf(payer)).toMatchObject([{ state: "voided" }]);
  });

  test("more answers at once than one stream pays for are refused", async () => {
    const payer = await rig.newPayer();
    rig.inference.settings.wordMs = 100;
    const first = await payer.pay(url(), post(chat("hi")));
    const session = first.headers.get("stream-session") ?? "";
    const many = await Promise.all(
      Array.from({ length: 8 }, () =>
        fetch(url(), post(chat("count 12", { stream: true }), { "stream-session": session })),
      ),
    );
    const statuses = many.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429, 429, 429]);
    await Promise.all(many.map((response) => response.text()));
  });
});

/** An answer of `words` words, of whose first minute all but about two seconds have gone by when it begins. */
async function nearlySpent(address: string, words: number) {
  const payer = await rig.newPayer();
  await payer.pay(address, post(chat("open")));
  const [call] = await callsOf(payer);
  await moveClock(57_000);
  rig.inference.settings.wordMs = 250;
  const response = await payer.pay(address, post(chat(`count ${words}`, { stream: true })));
  expect(response.status).toBe(200);
  return { payer, response, streamId: call?.stream ?? "" };
}

describe("an answer whose stream is spent and not topped up", () => {
  test("ends in order past the door, with a receipt for what was served, and the model is stopped", async () => {
    const before = rig.inference.state.cut;
    const { payer, response } = await nearlySpent(url(), 400);
    const text = await response.text();
    const { words, events } = readEvents(text);
    expect(words.length).toBeGreaterThan(0);
    expect(words.length).toBeLessThan(60);
    expect(events.map(({ event }) => event)).toEqual([
      "payment-need-topup",
      "end",
      "done",
      "payment-receipt",
    ]);
    expect(events[0]?.data).toMatchObject({ deadlineMs: 3_000 });
    expect(events[1]?.data).toMatchObject({
      choices: [{ finish_reason: "length" }],
      superstream: { ended: "unpaid", events: words.length },
    });
    // The digest is of what the model said, and of the chunk that ends it: not of `payment-` events and comments.
    const counted = text
      .split(/(?<=\n\n)/)
      .filter((part) => !part.startsWith(":") && !part.startsWith("event: payment-"))
      .join("");
    expect(events.at(-1)?.data).toMatchObject({ responseDigest: contentDigest(counted) });
    await vi.waitFor(() => expect(rig.inference.state.cut).toBe(before + 1), { timeout: 20_000 });
    expect(await callsOf(payer)).toMatchObject([{ state: "served" }, { state: "served" }]);
  });

  test("stops the model behind the door too, which waits longer", async () => {
    const before = rig.inference.state.cut;
    const { response } = await nearlySpent(doorUrl(), 400);
    await vi.waitFor(() => expect(rig.inference.state.cut).toBe(before + 1), { timeout: 30_000 });
    await response.body?.cancel();
  });
});

describe.each([
  ["past the door", () => url()],
  ["through the door", () => doorUrl()],
])("an answer in events %s", (_, address) => {
  test("pauses when the deposit is spent, says so, and goes on with the same word after a top-up", async () => {
    const { payer, response, streamId } = await nearlySpent(address(), 20);
    let text = "";
    let paused = 0;
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      if (paused === 0 && text.includes("event: payment-need-topup")) {
        paused = readEvents(text.slice(0, text.lastIndexOf("\n\n") + 2)).words.length;
        const { data } = readEvents(text).events[0] ?? {};
        const { requiredTopUp } = data as { requiredTopUp: string };
        await payer.post(`/api/v1/streams/${streamId}/top-up`, {
          amount: String(2n * BigInt(requiredTopUp)),
        });
      }
    }
    const { words, events } = readEvents(text);
    expect(words).toEqual(Array.from({ length: 20 }, (__, at) => String(at + 1)));
    expect(paused).toBeGreaterThan(0);
    expect(paused).toBeLessThan(20);
    expect(events.map(({ event }) => event)).toEqual([
      "payment-need-topup",
      "end",
      "done",
      "payment-receipt",
    ]);
    expect(events[0]?.data).toMatchObject({ streamId, requiredTopUp: expect.stringMatching(/^\d+$/) });
    expect(await callsOf(payer)).toMatchObject([{ state: "served" }, { state: "served" }]);
  });

  test("ends at once when the payer closes its stream", async () => {
    const payer = await rig.newPayer();
    rig.inference.settings.wordMs = 100;
    const response = await payer.pay(address(), post(chat("count 600", { stream: true })));
    const [call] = await callsOf(payer);
    await payer.post(`/api/v1/streams/${call?.stream}/close`, {});
    const { words, events } = readEvents(await response.text());
    expect(words.length).toBeLessThan(200);
    expect(events.at(-1)?.event).toBe("payment-receipt");
  });

  test("a caller who leaves stops the model, and the call is settled", async () => {
    const payer = await rig.newPayer();
    rig.inference.settings.wordMs = 50;
    const before = rig.inference.state.cut;
    const left = new AbortController();
    const init = { ...post(chat("count 2000", { stream: true })), signal: left.signal };
    const response = await payer.pay(address(), init);
    const reader = response.body?.getReader();
    await reader?.read();
    left.abort();
    await vi.waitFor(() => expect(rig.inference.state.cut).toBe(before + 1), { timeout: 20_000 });
    await vi.waitFor(async () => expect(await callsOf(payer)).toMatchObject([{ state: "served" }]), {
      timeout: 20_000,
    });
  });
});

test("a reader who takes nothing holds the model back", async () => {
  const payer = await rig.newPayer();
  Object.assign(rig.inference.settings, { padding: 100_000 });
  const before = rig.inference.state.words;
  const left = new AbortController();
  const init = { ...post(chat("count 2000", { stream: true })), signal: left.signal };
  const response = await payer.pay(url(), init);
  expect(response.status).toBe(200);
  const said = () => rig.inference.state.words - before;
  let last = -1;
  await vi.waitFor(
    () => {
      const now = said();
      const still = now === last;
      last = now;
      expect(still).toBe(true);
    },
    { interval: 1_000, timeout: 30_000 },
  );
  expect(said()).toBeLessThan(400); // 200 MB would be all of it.
  left.abort();
});

test("after all of this the books balance", async () => {
  expect(await runInvariants()).toEqual([]);
});
