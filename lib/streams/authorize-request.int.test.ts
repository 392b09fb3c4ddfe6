import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { pool, type Queryable } from "@/lib/db/pool";
import type { TierName } from "@/lib/domain/tier";
import {
  authorise,
  authorised,
  complete,
  fundedAddress,
  HOUR_MS,
  listProvider,
  someAddress,
  someCall,
  TOKEN,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { race } from "@/lib/testing/race";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { authorizeRequest, authorizeRequests } from "./authorize-request";
import { changeStreamTier } from "./change-stream-tier";
import { closeStream } from "./close-stream";
import { getRequest } from "./get-request";
import { getStream } from "./get-stream";
import { openStream } from "./open-stream";
import { pauseStream } from "./pause-stream";
import { resumeStream } from "./resume-stream";

const { simulated } = ledgerForFile();

describe("given a standing order and a deposit that ran out before a sweep came", () => {
  test("calls at once all pass: it is topped up first, once", async () => {
    const { actor, provider, stream } = await outOfMoney();
    const decisions = await race(16, () =>
      authorizeRequest(someCall({ providerId: provider.id, payer: actor })),
    );
    expect(decisions.map(({ outcome }) => outcome)).toEqual(decisions.map(() => "authorised"));
    const { funded } = await getStream({ actor, streamId: stream.id });
    expect(funded).toBe(stream.funded + 3_600_000n);
    await closeStream({ actor, streamId: stream.id });
  });

  test("a call whose price is more than a chunk is denied, once", async () => {
    const { actor, provider, stream } = await outOfMoney();
    await authorizeRequest(someCall({ providerId: provider.id, payer: actor }));
    const before = await getStream({ actor, streamId: stream.id });
    const dear = someCall({ providerId: provider.id, payer: actor, price: 10n ** 40n });
    expect(await authorizeRequest(dear)).toMatchObject({ code: "stream/deposit-exhausted" });
    const { denied, funded } = await getStream({ actor, streamId: stream.id });
    expect({ denied, funded }).toEqual({ denied: before.denied + 1n, funded: before.funded });
    expect(await getRequest(dear.requestId, actor)).toMatchObject({
      state: "denied",
      decision: "stream/deposit-exhausted",
    });
    await closeStream({ actor, streamId: stream.id });
  });

  /** One unit a millisecond, 20 ms of deposit, an hour a top-up. */
  async function outOfMoney() {
    const rule = { triggerMs: 1n, chunkMs: HOUR_MS, dailyMax: 10n ** 12n, expiresMs: null };
    const tiers = { basic: { rate: { amount: 1_000n, periodMs: 1_000n }, maxRequestsPerHour: 1_000 } };
    const provider = await listProvider(pool(), { tiers, depositMs: 20n, graceMs: 60_000n });
    const actor = await fundedAddress(pool(), 10n ** 12n);
    const stream = await openStream({ actor, providerId: provider.id, tier: "basic", autoTopUp: rule });
    await sleep(40);
    return { provider, actor, stream };
  }
});

describe("which stream serves a payer", () => {
  test("the running one, fast enough for the tier, the newest of those", () =>
    simulated(async ({ db, at }) => {
      const { actor, provider, open } = await begin(db);
      const fast = await open("enterprise");
      await at(T0 + 1n);
      const slow = await open("basic");
      const call = (tier?: TierName) =>
        someCall({ providerId: provider.id, payer: actor, ...(tier && { tier }) });
      expect((await authorised(db, call())).streamId).toBe(slow.id);
      expect((await authorised(db, call("professional"))).streamId).toBe(fast.id);
      await pauseStream({ actor, streamId: fast.id }, db);
      expect(await authorise(db, call("professional"))).toMatchObject({
        code: "stream/flow-rate-insufficient",
        extensions: { streamId: slow.id, currentTier: "basic", requiredTier: "professional" },
      });
      await closeStream({ actor, streamId: slow.id }, db);
      expect(await authorise(db, call())).toMatchObject({
        code: "stream/paused",
        extensions: { streamId: fast.id },
      });
      await closeStream({ actor, streamId: fast.id }, db);
      expect(await authorise(db, call())).toMatchObject({ code: "stream/terminated" });
    }));

  test("given a newer one whose deposit has run out unseen, the one that still runs", () =>
    simulated(async ({ db, at }) => {
      const { actor, provider, open } = await begin(db);
      const runs = await openStream(
        { actor, providerId: provider.id, tier: "basic", deposit: 100n * TOKEN },
        db,
      );
      await at(T0 + 1n);
      await open("basic");
      await at(T0 + 5n * HOUR_MS);
      const call = someCall({ providerId: provider.id, payer: actor });
      expect((await authorised(db, call)).streamId).toBe(runs.id);
    }));

  test("nobody is served by somebody else's stream, or by one with another provider", () =>
    simulated(async ({ db }) => {
      const { actor, provider, open } = await begin(db);
      const other = await begin(db);
      const { id: streamId } = await open("basic");
      for (const call of [
        someCall({ providerId: provider.id, payer: someAddress() }),
        someCall({ providerId: provider.id, payer: other.actor, streamId }),
        someCall({ providerId: other.provider.id, payer: actor, streamId }),
        someCall({ providerId: provider.id, payer: actor, streamId: "str_0" }),
      ])
        expect(await authorise(db, call)).toMatchObject({ outcome: "denied", code: "stream/not-found" });
    }));
});

describe("a session", () => {
  test("lets its bearer in until half the runway is over", () =>
    simulated(async ({ db, at }) => {
      const { withSession, issued } = await session(db, 10n * HOUR_MS);
      expect(issued.sessionExpiresMs).toBe(T0 + 2n * HOUR_MS); // Half of four hours.
      await at(T0 + 2n * HOUR_MS - 1n);
      expect(await authorise(db, withSession())).toMatchObject({ outcome: "authorised" });
      await at(T0 + 2n * HOUR_MS);
      expect(await authorise(db, withSession())).toMatchObject({ code: "stream/session-invalid" });
    }));

  test("ends sooner when it was asked to", () =>
    simulated(async ({ db, at }) => {
      const { withSession } = await session(db, 60_000n);
      await at(T0 + 60_000n);
      expect(await authorise(db, withSession())).toMatchObject({ code: "stream/session-invalid" });
    }));

  test("is of no use with another provider, and an unknown one with none", () =>
    simulated(async ({ db }) => {
      const { withSession } = await session(db, HOUR_MS);
      const other = await begin(db);
      const calls = [
        withSession({ providerId: other.provider.id }),
        withSession({ session: { tokenHash: "ee".repeat(32) } }),
      ];
      for (const call of calls)
        expect(await authorise(db, call)).toMatchObject({ code: "stream/session-invalid" });
    }));

  test.each([
    { what: "a pause", act: pauseStream },
    { what: "a close", act: closeStream },
    {
      what: "a change of tier",
      act: (own: { actor: string; streamId: string }, db: Queryable) =>
        changeStreamTier({ ...own, tier: "basic" }, db),
    },
  ])("ends with $what, also when the stream runs again", ({ act }) =>
    simulated(async ({ db }) => {
      const { own, withSession } = await session(db, HOUR_MS);
      await act(own, db);
      expect(await authorise(db, withSession())).toMatchObject({ code: "stream/session-invalid" });
      const { status } = await getStream(own, db);
      if (status === "paused") await resumeStream(own, db);
      expect(await authorise(db, withSession())).toMatchObject({ code: "stream/session-invalid" });
    }),
  );

  async function session(db: Queryable, maxMs: bigint) {
    const { actor, provider, open } = await begin(db);
    const { id: streamId } = await open("professional");
    const tokenHash = "dd".repeat(32);
    const issued = await authorised(
      db,
      someCall({ providerId: provider.id, payer: actor, issueSession: { tokenHash, maxMs } }),
    );
    const withSession = (more = {}) =>
      someCall({ providerId: provider.id, via: "session", session: { tokenHash }, ...more });
    return { own: { actor, streamId }, issued, withSession };
  }
});

describe("a batch", () => {
  test("given one call that the database cannot take, the others of its batch are decided", async () => {
    const { actor, provider, open } = await begin(pool());
    const { id: streamId } = await open("basic");
    const calls = Array.from({ length: 8 }, (_, n) =>
      someCall({ providerId: provider.id, payer: actor, path: n === 3 ? "/\u0000" : "/test" }),
    );
    const outcomes = await Promise.allSettled(calls.map(authorizeRequest));
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(7);
    expect(outcomes[3]).toMatchObject({ status: "rejected", reason: { code: "22P05" } });
    await Promise.all(calls.map(({ requestId }) => complete(pool(), requestId)));
    await closeStream({ actor, streamId });
  });

  test("gives each call its own decision, in order, over several streams", () =>
    simulated(async ({ db }) => {
      const [a, b] = [await begin(db), await begin(db)];
      const [ofA, ofB] = [await a.open("basic"), await b.open("basic")];
      const call = (of: typeof a, price = 0n) =>
        someCall({ providerId: of.provider.id, payer: of.actor, price });
      const calls = [call(b), call(a, TOKEN), call(a), { ...call(a), payer: someAddress() }, call(b)];
      const decisions = await authorizeRequests(calls, db);
      expect(decisions).toMatchObject([
        { requestId: calls[0]?.requestId, streamId: ofB.id, seq: 1n },
        { code: "stream/deposit-exhausted" },
        { requestId: calls[2]?.requestId, streamId: ofA.id, seq: 1n },
        { code: "stream/not-found" },
        { requestId: calls[4]?.requestId, streamId: ofB.id, seq: 2n },
      ]);
      expect(await authorizeRequests([], db)).toEqual([]);
      expect(await complete(db, calls[1]?.requestId ?? "")).toBe(false); // Denied: there is nothing to end.
      expect(await complete(db, calls[2]?.requestId ?? "")).toBe(true);
      expect(await complete(db, calls[2]?.requestId ?? "")).toBe(false);
    }));
});

async function begin(db: Queryable) {
  const provider = await listProvider(db);
  const actor = await fundedAddress(db, 1_000n * TOKEN);
  const open = (tier: TierName) => openStream({ actor, providerId: provider.id, tier }, db);
  return { provider, actor, open };
}
