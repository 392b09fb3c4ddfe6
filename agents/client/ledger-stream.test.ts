import { Receipt } from "mppx";
import { Mppx } from "mppx/client";
import type { PrivateKeyAccount } from "viem/accounts";
import { describe, expect, test } from "vitest";
import { fixture, newAccount, ORIGIN, owner } from "@/lib/mpp/testing/door-fixture";
import { ledgerStream } from "./ledger-stream";
import type { SpendingCaps } from "./spending-caps";
import { streamFetch } from "./stream-fetch";

const TOKEN = 10n ** 18n;
const caps: SpendingCaps = { maxRatePerDay: TOKEN, maxDeposit: TOKEN, maxTotal: 2n * TOKEN };

/** An agent with a funded wallet, whose network is the door. Counts what goes over it. */
function setUp(over: Partial<SpendingCaps> = {}, balance = 10n * TOKEN) {
  const door = fixture();
  const account = newAccount();
  door.wallets.set(account.address.toLowerCase(), balance);
  const requests: Request[] = [];
  const network: typeof fetch = async (input, init) => {
    const request = new Request(input, init);
    requests.push(request.clone());
    return door.paidDoor(request);
  };
  const stock = Mppx.create({
    polyfill: false,
    fetch: network,
    methods: [ledgerStream({ account, caps: { ...caps, ...over } })],
  });
  return { ...door, account, network, requests, stock };
}

const quote = `${ORIGIN}/api/p/acme/quote`;

describe("the stock mppx client with the ledger method", () => {
  test("given no stream, it opens one and is served in one call of fetch", async () => {
    const agent = setUp();

    const response = await agent.stock.fetch(quote);

    expect(response.status).toBe(200);
    expect(Receipt.fromResponse(response).method).toBe("ledger");
    expect(agent.streams.size).toBe(1);
    // Asked, proved, opened: the proof is what finds a stream of an earlier life.
    expect(agent.requests).toHaveLength(3);
  });

  test("given a stream of an earlier life, it proves it and locks nothing", async () => {
    const agent = setUp();
    await agent.stock.fetch(quote);
    const reborn = Mppx.create({
      polyfill: false,
      fetch: agent.network,
      methods: [ledgerStream({ account: agent.account, caps })],
    });

    expect((await reborn.fetch(quote)).status).toBe(200);
    expect(agent.streams.size).toBe(1);
  });

  test("given a spent deposit, it tops up within its caps and is served", async () => {
    const agent = setUp();
    await agent.stock.fetch(quote);
    const [stream] = agent.streams.values();
    if (stream) stream.startedMs -= 5n * 3_600_000n; // Four hours were paid.

    const response = await agent.stock.fetch(quote);

    expect(response.status).toBe(200);
    expect(stream?.funded).toBe(2n * 166_666_666_666_666_667n);
  });

  test("given ten calls at once and no stream, it opens one", async () => {
    const agent = setUp();

    const responses = await Promise.all(Array.from({ length: 10 }, () => agent.stock.fetch(quote)));

    expect(responses.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(agent.streams.size).toBe(1);
  });

  test("given a stream that somebody closed, it opens another one", async () => {
    const agent = setUp();
    await agent.stock.fetch(quote);
    const [first] = agent.streams.values();
    if (first) first.closed = true;

    expect((await agent.stock.fetch(quote)).status).toBe(200);
    expect(agent.streams.size).toBe(2);
  });

  test("`close` ends the stream and answers with the settlement", async () => {
    const agent = setUp();
    await agent.stock.fetch(quote);
    const [streamId = ""] = agent.streams.keys();

    const response = await agent.stock.fetch(quote, { context: { action: "close", streamId } });

    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: "settled", streamId });
    expect(agent.upstream).toHaveLength(1);
  });

  test.each<{ given: string; over: Partial<SpendingCaps>; reason: string }>([
    { given: "a faster flow than allowed", over: { maxRatePerDay: TOKEN - 1n }, reason: "rate-too-high" },
    { given: "a larger deposit than allowed", over: { maxDeposit: 1n }, reason: "deposit-too-high" },
    { given: "a total that is used up", over: { maxTotal: 1n }, reason: "total-too-high" },
    {
      given: "a stranger as recipient",
      over: { allowedRecipients: [`0x${"1".repeat(40)}`] },
      reason: "recipient-not-allowed",
    },
    { given: "another realm", over: { allowedRealms: ["elsewhere.test"] }, reason: "realm-not-allowed" },
  ])("given $given, it throws and locks nothing", async ({ over, reason }) => {
    const agent = setUp(over);

    await expect(agent.stock.fetch(quote)).rejects.toMatchObject({ name: "PaymentRefused", reason });
    expect(agent.streams.size).toBe(0);
  });

  test("given an allowed recipient and realm, it pays", async () => {
    const agent = setUp({
      allowedRecipients: [owner.address.toLowerCase()],
      allowedRealms: ["superstream.test"],
    });
    expect((await agent.stock.fetch(quote)).status).toBe(200);
  });

  test("given an empty wallet, it says that it needs a human", async () => {
    const agent = setUp({}, 0n);
    await expect(agent.stock.fetch(quote)).rejects.toMatchObject({ reason: "needs-human" });
  });
});

describe("streamFetch", () => {
  const open = (agent: { account: PrivateKeyAccount; network: typeof fetch }) =>
    streamFetch({ account: agent.account, caps, fetch: agent.network });

  test("costs one request a call after the first", async () => {
    const agent = setUp();
    const fetch = open(agent);
    await fetch(quote);
    const before = agent.requests.length;

    for (let call = 0; call < 5; call += 1) expect((await fetch(quote)).status).toBe(200);
    const other = await fetch(`${ORIGIN}/api/p/acme/score`, { method: "POST", body: "{}" });

    expect(other.status).toBe(200);
    expect(agent.requests.length - before).toBe(6);
  });

  test("given many first calls at once, they wait for one opening", async () => {
    const agent = setUp();
    const fetch = open(agent);

    const responses = await Promise.all(Array.from({ length: 8 }, () => fetch(quote)));

    expect(responses.every(({ status }) => status === 200)).toBe(true);
    expect(agent.streams.size).toBe(1);
    expect(agent.requests).toHaveLength(3 + 7);
  });

  test("given a token that was revoked, it proves again by itself", async () => {
    const agent = setUp();
    const fetch = open(agent);
    await fetch(quote);
    agent.sessions.clear();

    expect((await fetch(quote)).status).toBe(200);
    expect(agent.streams.size).toBe(1);
  });
});
