import { beforeAll, describe, expect, test, vi } from "vitest";

// Before anything reads DATABASE_URL: the market and the books are looked at as a whole.
await vi.hoisted(async () => {
  const { ownDatabase } = await import("@/lib/testing/own-database");
  await ownDatabase();
});

import { answerOf, callOperation } from "@/lib/testing/call-operation";
import { providerListing } from "@/lib/testing/provider-listing";
import { signIn } from "@/lib/testing/sign-in";
import * as account from "./operations/account-operations";
import * as auth from "./operations/auth-operations";
import * as market from "./operations/market-operations";
import * as operator from "./operations/operator-operations";
import * as streamChanges from "./operations/stream-change-operations";
import * as streams from "./operations/stream-operations";

type Person = Awaited<ReturnType<typeof signIn>>;
type Stream = { id: string; status: string; funded: string; tier: string; autoTopUp: unknown };
const TOKEN = 10n ** 18n;

let owner: Person;
let sender: Person;

beforeAll(async () => {
  [owner, sender] = await Promise.all([signIn(), signIn()]);
  await answerOf(market.registerProviderOperation, {
    token: owner.token,
    json: providerListing("walk-through"),
  });
});

describe("the main job over HTTP", () => {
  test("fund, open, top up, pause, resume, change tier, close: each answer is what its operation says", async () => {
    const { token } = sender;
    const funded = await answerOf<{ balance: string }>(account.creditWalletOperation, {
      token,
      json: { amount: String(100n * TOKEN) },
      headers: { "Idempotency-Key": "walk-faucet" },
    });
    expect(funded.balance).toBe("100000000000000000000");

    const stream = await answerOf<Stream>(streamChanges.openStreamOperation, {
      token,
      json: { providerId: "walk-through", tier: "professional" },
      headers: { "Idempotency-Key": "walk-open" },
    });
    expect(stream).toMatchObject({ status: "active", funded: "1666666666666666667", tier: "professional" });
    const params = { streamId: stream.id };

    const again = await answerOf<Stream>(streamChanges.openStreamOperation, {
      token,
      json: { providerId: "walk-through", tier: "professional" },
      headers: { "Idempotency-Key": "walk-open" },
    });
    expect(again.id).toBe(stream.id);

    const more = await answerOf<Stream>(streamChanges.topUpStreamOperation, {
      token,
      params,
      json: { amount: String(TOKEN) },
    });
    expect(more.funded).toBe("2666666666666666667");
    expect(await answerOf(streamChanges.pauseStreamOperation, { token, params })).toMatchObject({
      status: "paused",
    });
    expect(await answerOf(streamChanges.resumeStreamOperation, { token, params })).toMatchObject({
      status: "active",
    });
    expect(
      await answerOf(streamChanges.changeStreamTierOperation, { token, params, json: { tier: "basic" } }),
    ).toMatchObject({ tier: "basic" });
    const rule = { triggerMs: 3_600_000, chunkMs: 14_400_000, dailyMax: String(TOKEN), expiresMs: null };
    expect(
      await answerOf(streamChanges.setAutoTopUpOperation, { token, params, json: { rule } }),
    ).toMatchObject({
      autoTopUp: rule,
    });
    await answerOf(streamChanges.collectStreamOperation, { token: owner.token, params });
    await answerOf(streams.getStreamOperation, { token, params });
    expect(await answerOf<object>(streams.getPublicStreamOperation, { params })).toMatchObject({
      stream_id: stream.id,
      token: "USDCx",
      is_active: true,
    });
    expect(
      await answerOf<{ items: { kind: string }[] }>(streams.listStreamEventsOperation, { token, params }),
    ).toMatchObject({ items: expect.arrayContaining([expect.objectContaining({ kind: "opened" })]) });
    expect(
      await answerOf(streams.listStreamsOperation, { token, query: { role: "sender", limit: "1" } }),
    ).toMatchObject({
      items: [{ id: stream.id }],
      nextCursor: null,
    });

    const settled = await answerOf<{ totalPaid: string; refund: string }>(
      streamChanges.closeStreamOperation,
      {
        token,
        params,
      },
    );
    expect(BigInt(settled.totalPaid) + BigInt(settled.refund)).toBe(2666666666666666667n);
    const wallet = await answerOf<{ balance: string; inStreams: string }>(account.getWalletOperation, {
      token,
    });
    expect(BigInt(wallet.balance)).toBe(100n * TOKEN - BigInt(settled.totalPaid));
    expect(wallet.inStreams).toBe("0");
  });

  test("given the market, its summary tells the totals and each provider's", async () => {
    const summary = await answerOf<{ perProvider: { id: string }[]; totalStreams: number }>(
      market.getMarketSummaryOperation,
    );
    expect(summary.perProvider).toContainEqual(expect.objectContaining({ id: "walk-through" }));
    expect(summary.totalStreams).toBeGreaterThan(0);
  });

  test("given an operator's secrets, health, invariants and a sweep answer; without them nobody gets in", async () => {
    await answerOf(operator.getHealthOperation);
    expect(await answerOf(operator.checkInvariantsOperation, { token: "tests-only-admin-token" })).toEqual({
      healthy: true,
      violations: [],
    });
    await answerOf(operator.sweepOperation, { token: "tests-only-cron-secret" });
    for (const operation of [operator.checkInvariantsOperation, operator.sweepOperation])
      for (const token of [undefined, "tests-only-wrong-token", sender.token])
        expect((await callOperation(operation, token ? { token } : {})).status).toBe(401);
  });

  test("given a session, it names its account, and after signing out it opens nothing", async () => {
    const { token, account: wallet } = await signIn();
    expect(await answerOf(auth.getSessionOperation, { token })).toMatchObject({
      address: wallet.address.toLowerCase(),
    });
    await answerOf(auth.deleteSessionOperation, { token });
    expect((await callOperation(auth.getSessionOperation, { token })).status).toBe(401);
  });
});
