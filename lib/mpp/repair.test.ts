/** Streams that do not pay: what the door tells a program to do about each. */
import { describe, expect, test, vi } from "vitest";
import { ProblemError } from "@/lib/errors";
import { challengeOf, fixture, newAccount, ORIGIN, pay, payerOf } from "./testing/door-fixture";

// Dozens of signatures: seconds on two busy cores.
vi.setConfig({ testTimeout: 30_000 });

const TOKEN = 10n ** 18n;
const quote = "/api/p/acme/quote";
const problem = async (response: Response) => (await response.json()) as Record<string, unknown>;

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
