import { getAddress } from "viem";
import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import type { ProblemError } from "@/lib/errors";
import { fundedAddress, HOUR_MS, listProvider, someAddress, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { changeStreamTier } from "./change-stream-tier";
import { closeStream } from "./close-stream";
import { collectStream } from "./collect-stream";
import { creditWallet } from "./credit-wallet";
import { getStream } from "./get-stream";
import { getWallet } from "./get-wallet";
import { listStreamEvents } from "./list-stream-events";
import { listStreamSegments } from "./list-stream-segments";
import { listStreams } from "./list-streams";
import { openStream } from "./open-stream";
import { pauseStream } from "./pause-stream";
import { resumeStream } from "./resume-stream";
import { setAutoTopUp } from "./set-auto-top-up";
import { sweepStream } from "./sweep-streams";
import { topUpStream } from "./top-up-stream";

const { simulated } = ledgerForFile();
const rule = { triggerMs: HOUR_MS, chunkMs: HOUR_MS, dailyMax: TOKEN, expiresMs: null };

describe("who may do what", () => {
  test.each([
    { name: "read", act: getStream, sender: true, receiver: true },
    {
      name: "read the events of",
      act: (own: Own, db: Queryable) => listStreamEvents({ ...own, limit: 10 }, db),
      sender: true,
      receiver: true,
    },
    { name: "read the segments of", act: listStreamSegments, sender: true, receiver: true },
    {
      name: "top up",
      act: (own: Own, db: Queryable) => topUpStream({ ...own, amount: 1n }, db),
      sender: true,
      receiver: false,
    },
    {
      name: "change the tier of",
      act: (own: Own, db: Queryable) => changeStreamTier({ ...own, tier: "professional" }, db),
      sender: true,
      receiver: false,
    },
    { name: "pause", act: pauseStream, sender: true, receiver: false },
    {
      name: "give a rule to",
      act: (own: Own, db: Queryable) => setAutoTopUp({ ...own, rule }, db),
      sender: true,
      receiver: false,
    },
    { name: "collect from", act: collectStream, sender: false, receiver: true },
    { name: "close", act: closeStream, sender: true, receiver: true },
  ])(
    "to $name a stream: sender $sender, receiver $receiver; a stranger is told the same as of no stream",
    ({ act, ...may }) =>
      simulated(async ({ db, refusal }) => {
        const { own, owner } = await opened(db);
        const unknown = await refusal(() => act({ ...own, streamId: "str_0" }, db));
        const stranger = await refusal(() => act({ ...own, actor: someAddress() }, db));
        const told = ({ code, message, options }: ProblemError) => ({
          code,
          message,
          more: options.extensions,
        });
        expect(told(stranger)).toEqual(told(unknown));
        for (const [actor, allowed] of [
          [own.actor, may.sender],
          [owner, may.receiver],
        ] as const) {
          // An address is the same in any case of its letters.
          const asked = () => act({ ...own, actor: getAddress(actor) }, db);
          if (allowed) await asked();
          else expect((await refusal(asked)).code).toBe(stranger.code);
        }
        expect(stranger.code).toBe("stream-not-found");
      }),
  );

  test("given a provider of one's own, one cannot open a stream to it", () =>
    simulated(async ({ db, refusal }) => {
      const actor = await fundedAddress(db, TOKEN);
      const { id: providerId } = await listProvider(db, { owner: actor });
      expect((await refusal(() => openStream({ actor, providerId, tier: "basic" }, db))).code).toBe(
        "self-stream",
      );
    }));

  test.each([
    {
      what: "an unknown provider",
      input: { providerId: "nobody", tier: "basic" },
      code: "provider-not-found",
    },
    { what: "an unknown tier", input: { tier: "platinum" }, code: "unknown-tier" },
    {
      what: "a wallet that is too low",
      input: { tier: "basic", deposit: 101n * TOKEN },
      code: "insufficient-balance",
    },
  ])("given $what, opening is refused and nothing is written", ({ input, code }) =>
    simulated(async ({ db, refusal }) => {
      const { own, providerId } = await opened(db);
      const before = await getWallet({ address: own.actor }, db);
      const opening = { actor: own.actor, idempotencyKey: "k", providerId, ...input };
      expect((await refusal(() => openStream(opening, db))).code).toBe(code);
      expect(await getWallet({ address: own.actor }, db)).toEqual(before);
      expect((await db.query("select 1 from idempotency where actor = $1", [own.actor])).rows).toEqual([]);
    }),
  );
});

describe("lists", () => {
  test("given seven streams, pages of three give each once, newest first, and then end", () =>
    simulated(async ({ db, at }) => {
      const { own, providerId } = await opened(db);
      const ids = [own.streamId];
      for (let n = 1n; n <= 6n; n += 1n) {
        await at(T0 + n / 2n); // Two in one millisecond.
        ids.unshift((await openStream({ actor: own.actor, providerId, tier: "basic" }, db)).id);
      }
      const seen: string[] = [];
      let cursor: string | undefined;
      for (const expected of [3, 3, 1]) {
        const page = await listStreams({ actor: own.actor, cursor, limit: 3 }, db);
        expect(page.items).toHaveLength(expected);
        seen.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor ?? undefined;
      }
      expect(cursor).toBeUndefined();
      expect(new Set(seen)).toEqual(new Set(ids));
      expect(seen.at(-1)).toBe(ids.at(-1));
      expect((await listStreams({ actor: someAddress(), cursor: ids[0], limit: 3 }, db)).items).toEqual([]);
    }));

  test("by end and by state, where a stream that nobody has swept counts as what it is", () =>
    simulated(async ({ db, at }) => {
      const { own, owner, providerId } = await opened(db);
      const paused = await openStream({ actor: own.actor, providerId, tier: "basic" }, db);
      await pauseStream({ ...own, streamId: paused.id }, db);
      await at(T0 + 5n * HOUR_MS);
      const list = async (actor: string, filter: object) =>
        (await listStreams({ actor, limit: 10, ...filter }, db)).items.map(({ id }) => id);
      expect(await list(own.actor, { status: "active" })).toEqual([]);
      expect(await list(own.actor, { status: "exhausted" })).toEqual([own.streamId]);
      expect(await list(own.actor, { status: "paused" })).toEqual([paused.id]);
      expect(await list(own.actor, { role: "receiver" })).toEqual([]);
      expect(await list(owner, { role: "receiver" })).toHaveLength(2);
      expect(await list(owner, { role: "sender" })).toEqual([]);
      expect(await list(owner, {})).toHaveLength(2);
    }));

  test("given a life of a stream, its events are told in plain sentences, in pages", () =>
    simulated(async ({ db, at }) => {
      const { own, owner } = await opened(db);
      await at(T0 + HOUR_MS);
      await topUpStream({ ...own, amount: TOKEN / 2n }, db);
      await setAutoTopUp({ ...own, rule }, db);
      await collectStream({ actor: owner, streamId: own.streamId }, db);
      await changeStreamTier({ ...own, tier: "professional" }, db);
      await pauseStream(own, db);
      await at(T0 + 2n * HOUR_MS);
      await resumeStream(own, db);
      await setAutoTopUp({ ...own, rule: null }, db);
      await at(T0 + 10n * HOUR_MS);
      await sweepStream(own.streamId, db);

      const first = await listStreamEvents({ ...own, limit: 5 }, db);
      const second = await listStreamEvents({ ...own, cursor: Number(first.nextCursor), limit: 50 }, db);
      expect(first.nextCursor).toBe("4");
      expect(second.nextCursor).toBeNull();
      expect([...first.items, ...second.items].map(({ sentence }) => sentence)).toEqual([
        "Opened at 00:00:00 UTC: basic, 1 USDCx a day, deposit 0.166667 USDCx.",
        "Topped up at 01:00:00 UTC by 0.5 USDCx, 0.666667 USDCx put in so far.",
        "Rule set at 01:00:00 UTC: top up by itself, at most 1 USDCx a day.",
        "Collected 0.041667 USDCx at 01:00:00 UTC, 0.041667 USDCx paid so far.",
        "Changed from basic to professional at 01:00:00 UTC: 10 USDCx a day from then on.",
        "Paused at 01:00:00 UTC: nothing flows, 0.625 USDCx left.",
        "Resumed at 02:00:00 UTC with 0.625 USDCx left.",
        "Rule taken back at 02:00:00 UTC: no more top-ups by itself.",
        "Stopped: deposit empty at 03:30:00 UTC, paid 0.666667 USDCx, owed 0.",
        "Closed because nobody topped it up in time at 03:45:00 UTC.",
        "Settled at 10:00:00 UTC: paid 0.666667 USDCx, refunded 0 USDCx.",
      ]);
      expect(
        (await listStreamSegments(own, db)).map(
          ({ startCause, endCause, tier, accruedAtEnd }) =>
            `${tier}: ${startCause} to ${endCause}, ${accruedAtEnd}`,
        ),
      ).toEqual([
        "basic: open to rate, 41666666666666666",
        "professional: rate to pause, 41666666666666666",
        "professional: resume to exhaust, 666666666666666667",
      ]);
    }));
});

describe("wallets", () => {
  test("what is in streams is not in the wallet, and comes back when they close", () =>
    simulated(async ({ db, at }) => {
      const { own } = await opened(db);
      const { balance, inStreams } = await getWallet({ address: own.actor }, db);
      expect({ balance, inStreams }).toEqual({
        balance: 99_833_333_333_333_333_333n,
        inStreams: 166_666_666_666_666_667n,
      });
      await at(T0 + HOUR_MS);
      await closeStream(own, db);
      expect(await getWallet({ address: own.actor }, db)).toMatchObject({
        balance: 99_958_333_333_333_333_334n,
        inStreams: 0n,
      });
    }));

  test("an address that was never used has nothing", () =>
    simulated(async ({ db }) => {
      expect(await getWallet({ address: someAddress() }, db)).toMatchObject({ balance: 0n, inStreams: 0n });
    }));

  test("the faucet gives 10,000 a UTC day, to each", () =>
    simulated(async ({ db, at, refusal }) => {
      const actor = someAddress();
      const credit = (amount: bigint) => creditWallet({ actor, amount }, db);
      await credit(9_999n * TOKEN);
      await at(T0 + 23n * HOUR_MS);
      const { code, options } = await refusal(() => credit(TOKEN + 1n));
      expect({ code, ...options.extensions }).toMatchObject({
        code: "rate-limited",
        retryAfterSeconds: 3_600,
      });
      expect((await credit(TOKEN)).balance).toBe(10_000n * TOKEN);
      await at(T0 + 24n * HOUR_MS);
      expect((await credit(10_000n * TOKEN)).balance).toBe(20_000n * TOKEN);
    }));
});

type Own = { actor: string; streamId: string };

/** A basic stream with its four hours, of somebody with 100 tokens. */
async function opened(db: Queryable) {
  const { id: providerId, owner } = await listProvider(db);
  const actor = await fundedAddress(db, 100n * TOKEN);
  const { id: streamId } = await openStream({ actor, providerId, tier: "basic" }, db);
  return { own: { actor, streamId }, owner, providerId };
}
