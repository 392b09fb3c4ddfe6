import { createHash, randomBytes } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { PERIODS_MS } from "@/lib/domain/rate";
import { runInvariants } from "@/lib/ledger/run-invariants";
import {
  authorised,
  fundedAddress,
  HOUR_MS,
  type ListedProvider,
  listProvider,
  someCall,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { race } from "@/lib/testing/race";
import { randomSource } from "@/lib/testing/random-source";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { authorizePlainRequests, isPlain, type PlainCall } from "./authorize-plain-requests";
import { type Authorised, type AuthorizeCall, authorizeRequests, type Decision } from "./authorize-request";
import { changeStreamTier } from "./change-stream-tier";
import { closeStream } from "./close-stream";
import { completePlainRequests } from "./complete-plain-requests";
import { completeRequests } from "./complete-request";
import { extendRequest } from "./extend-request";
import { getStream } from "./get-stream";
import { newId } from "./new-id";
import { openStream } from "./open-stream";
import { pauseStream } from "./pause-stream";
import { resumeStream } from "./resume-stream";
import { sweepStreams } from "./sweep-streams";
import { topUpStream } from "./top-up-stream";

const CLIENTS = 8;
const ledger = ledgerForFile(CLIENTS);
const { simulated } = ledger;
afterEach(async () => expect(await runInvariants(ledger.db)).toEqual([]));

const LIVES = 12;
const STEPS = 25;

test("given any state, a yes in sets is the yes of one by one, to the last member, and a no has written nothing", async () => {
  const seen = { yes: 0, no: 0, mixed: 0 };
  for (let seed = 1; seed <= LIVES; seed += 1)
    await simulated(async ({ db, at }) => {
      const random = randomSource(seed);
      const market = await someMarket(db);
      let nowMs = T0;
      for (let step = 0; step < STEPS; step += 1) {
        nowMs += BigInt(random.pick([0, 1, 999, 60_000, 1_200_000]));
        await at(nowMs);
        await disturb(db, market, random);
        const calls = someBatch(market, random);
        const slow = await undone(db, () => authorizeRequests(calls, db));
        const fast = await authorizePlainRequests(calls, db);
        compare(calls, slow, fast, seen);
        const rest = calls.filter((_, n) => !fast[n]);
        if (rest.length > 0) await authorizeRequests(rest, db);
        await endSome(db, fast, random);
      }
      const violations = await runInvariants(db);
      expect(violations.filter(({ id }) => id !== "I19" && id !== "I24")).toEqual([]);
    });
  // Agreement on one side only would prove little.
  expect(Math.min(seen.yes, seen.no, seen.mixed)).toBeGreaterThan(LIVES);
});

/** A stream's calls pass together or not at all; whoever passes gets what one by one gives, in the same order. */
function compare(
  calls: PlainCall[],
  slow: Decision[],
  fast: (Authorised | null)[],
  seen: { yes: number; no: number; mixed: number },
): void {
  const streamOf = (n: number) => calls[n]?.session.tokenHash;
  for (const [n, decision] of fast.entries()) {
    if (decision) expect(decision).toEqual(slow[n]);
    else {
      // The whole batch is given up when one key stands in it twice.
      const keys = calls.flatMap(({ idempotencyKey }) => idempotencyKey ?? []);
      const twice = new Set(keys).size < keys.length;
      const neighbours = slow.filter((_, m) => streamOf(m) === streamOf(n));
      expect(twice || neighbours.some(({ outcome }) => outcome !== "authorised")).toBe(true);
    }
  }
  const yes = fast.filter(Boolean).length;
  seen.yes += yes;
  seen.no += fast.length - yes;
  if (yes > 0 && yes < fast.length) seen.mixed += 1;
}

type Random = ReturnType<typeof randomSource>;
type OpenedStream = { actor: string; streamId: string; provider: ListedProvider; tokenHash: string };
type Market = { streams: OpenedStream[]; keys: string[] };

/** Three streams with limits that are soon reached, an hour of money, and sessions that end in half of it. */
async function someMarket(db: Queryable): Promise<Market> {
  const streams: OpenedStream[] = [];
  for (const limit of [2, 5, 40]) {
    const terms = { rate: { amount: 7n, periodMs: 1_000n }, maxRequestsPerHour: limit };
    const provider = await listProvider(db, {
      depositMs: HOUR_MS,
      tiers: { basic: terms, professional: { ...terms, rate: { amount: 9n, periodMs: 1_000n } } },
    });
    streams.push(await openWithSession(db, provider, 10n ** 9n));
  }
  return { streams, keys: [newId("req")] };
}

async function openWithSession(db: Queryable, provider: ListedProvider, amount: bigint, deposit?: bigint) {
  const actor = await fundedAddress(db, amount);
  const terms = { actor, providerId: provider.id, tier: "basic" as const };
  const { id: streamId } = await openStream(deposit ? { ...terms, deposit } : terms, db);
  const tokenHash = createHash("sha256").update(randomBytes(32)).digest("hex");
  const issueSession = { tokenHash, maxMs: HOUR_MS };
  await authorised(db, someCall({ providerId: provider.id, payer: actor, issueSession }));
  return { actor, streamId, provider, tokenHash };
}

/** What may come between two batches. Refusals are as good as effects here. */
async function disturb(db: Queryable, { streams }: Market, random: Random): Promise<void> {
  const { actor, streamId } = random.pick(streams);
  const own = { actor, streamId };
  const acts = [
    () => pauseStream(own, db),
    () => resumeStream(own, db),
    () => topUpStream({ ...own, amount: 40_000n }, db),
    () => changeStreamTier({ ...own, tier: random.pick(["basic", "professional"] as const) }, db),
    () => sweepStreams({ limit: 10 }, db),
    ...(random.below(6) === 0 ? [() => closeStream(own, db)] : []),
  ];
  if (random.below(3) > 0) return;
  await db.query("savepoint act");
  await random
    .pick(acts)()
    .catch(() => db.query("rollback to savepoint act"));
}

function someBatch({ streams, keys }: Market, random: Random): PlainCall[] {
  return Array.from({ length: 1 + random.below(6) }, () => {
    const stream = random.pick(streams);
    const key = random.pick([null, newId("req"), newId("req"), random.pick(keys)]);
    if (key) keys.push(key);
    const tokenHash = random.below(12) === 0 ? "ab".repeat(32) : stream.tokenHash;
    const provider = random.below(15) === 0 ? random.pick(streams).provider : stream.provider;
    return plainCall(provider.id, tokenHash, key);
  });
}

function plainCall(providerId: string, tokenHash: string, idempotencyKey: string | null = null): PlainCall {
  const call = someCall({ providerId, via: "session", session: { tokenHash }, idempotencyKey });
  if (!isPlain(call)) throw new Error("This call is plain.");
  return call;
}

async function undone<T>(db: Queryable, run: () => Promise<T>): Promise<T> {
  await db.query("savepoint look");
  const result = await run();
  await db.query("rollback to savepoint look");
  return result;
}

async function endSome(db: Queryable, decisions: (Authorised | null)[], random: Random): Promise<void> {
  for (const decision of decisions) {
    if (!decision || random.below(4) === 0) continue;
    const { requestId } = decision;
    const end = { requestId, status: 200, responseDigest: null, receipt: { requestId } };
    if (random.below(2) === 0) await completeRequests([{ ...end, outcome: "voided", receipt: null }], db);
    else expect(await completePlainRequests([{ ...end, outcome: "served" }], db)).toEqual([true]);
  }
}

describe("plain calls, at once on several connections", () => {
  /** One base unit in thirty days: nothing runs dry while a test runs. */
  const SLOW = { amount: 1n, periodMs: PERIODS_MS.month30 };

  async function begin(limit: number) {
    const { db } = ledger;
    const provider = await listProvider(db, { tiers: { basic: { rate: SLOW, maxRequestsPerHour: limit } } });
    return { db, ...(await openWithSession(db, provider, 1_000n, 1_000n)) };
  }
  const yes = (decisions: (Authorised | null)[]) => decisions.flatMap((decision) => decision ?? []);

  test("given one key in many batches, one call passes", async () => {
    const { db, provider, tokenHash } = await begin(1_000_000);
    for (let round = 0; round < 10; round += 1) {
      const key = newId("req");
      const batches = await race(CLIENTS, () => {
        const others = Array.from({ length: 3 }, () => plainCall(provider.id, tokenHash, newId("req")));
        return authorizePlainRequests([...others, plainCall(provider.id, tokenHash, key)], db);
      });
      const passed = yes(batches.flat().filter((_, n) => n % 4 === 3));
      expect(passed).toHaveLength(1);
    }
  });

  test("given a limit of 50, of 200 calls exactly 50 pass, with the sequences 1 to 50", async () => {
    const { db, provider, tokenHash } = await begin(50);
    const batches = await race(200, () => authorizePlainRequests([plainCall(provider.id, tokenHash)], db));
    // The first of the hour opened the session.
    expect(new Set(yes(batches.flat()).map(({ seq }) => seq)).size).toBe(49);
    expect(yes(batches.flat())).toHaveLength(49);
  });

  test("given a close in the middle, nothing passes after it, and the stream settles to the unit", async () => {
    const { db, provider, tokenHash, actor, streamId } = await begin(1_000_000);
    const outcomes = await race(60, async (n) => {
      if (n === 30) await closeStream({ actor, streamId }, db);
      const calls = [plainCall(provider.id, tokenHash), plainCall(provider.id, tokenHash)];
      return yes(await authorizePlainRequests(calls, db));
    });
    expect(await authorizePlainRequests([plainCall(provider.id, tokenHash)], db)).toEqual([null]);
    const stream = await getStream({ actor, streamId }, db);
    expect(stream).toMatchObject({ status: "settled", funded: 1_000n, refunded: 1_000n - stream.billed });
    for (const { requestId } of outcomes.flat()) expect(await endServed(db, [requestId])).toEqual([true]);
  });

  test("given the same call ended by many, one of them ends it", async () => {
    const { db, provider, tokenHash } = await begin(1_000_000);
    const passed = yes(
      await authorizePlainRequests(
        Array.from({ length: 20 }, () => plainCall(provider.id, tokenHash)),
        db,
      ),
    );
    const ids = passed.map(({ requestId }) => requestId);
    const endings = await race(CLIENTS, (n) => endServed(db, n % 2 ? ids : ids.toReversed()));
    expect(endings.flat().filter(Boolean)).toHaveLength(20);
    expect(await endServed(db, [ids[0] ?? "", ids[0] ?? ""])).toEqual([false, false]);
  });

  function endServed(db: Queryable, ids: string[]): Promise<boolean[]> {
    const end = { outcome: "served", status: 200, responseDigest: null, receipt: { signed: true } } as const;
    return completePlainRequests(
      ids.map((requestId) => ({ requestId, ...end })),
      db,
    );
  }
});

describe("calls whose server died", () => {
  const stateOf = async (db: Queryable, id: string) =>
    (await db.query<{ state: string }>("select state from request where id = $1", [id])).rows[0]?.state;

  async function begin(db: Queryable) {
    const provider = await listProvider(db, { depositMs: HOUR_MS });
    const { actor: payer, tokenHash } = await openWithSession(db, provider, 10n ** 19n);
    const plain = async (count: number) => {
      const calls = Array.from({ length: count }, () => plainCall(provider.id, tokenHash));
      return (await authorizePlainRequests(calls, db)).map((decision) => decision?.requestId ?? "none");
    };
    return { plain, slow: () => authorised(db, someCall({ providerId: provider.id, payer })) };
  }

  test("given batches of both kinds, each is voided after its minute, in the order of their time, so many at once", () =>
    simulated(async ({ db, at }) => {
      const { plain, slow } = await begin(db);
      const [first = "", second = ""] = await plain(2);
      await at(T0 + 1n);
      const { requestId: third } = await slow();
      await at(T0 + 60_000n);
      expect(await voidStale(db, 10)).toBe(0);
      await at(T0 + 60_002n);
      expect(await voidStale(db, 2)).toBe(3); // The call that opened the session, and the batch of two.
      expect([await stateOf(db, second), await stateOf(db, third)]).toEqual(["voided", "open"]);
      expect(await voidStale(db, 2)).toBe(1);
      expect(await voidStale(db, 2)).toBe(0);
      expect(await endServedBoth(db, first)).toEqual([false, false]);
    }));

  test("given calls that have ended or were extended, they are left alone until the extension is over", () =>
    simulated(async ({ db, at }) => {
      const { plain } = await begin(db);
      const [served = "", extended = "", dead = ""] = await plain(3);
      expect(await endServedBoth(db, served)).toEqual([true, false]);
      await at(T0 + 50_000n);
      expect(await extendRequest(extended, db)).toBe(true);
      await at(T0 + 60_001n);
      expect(await voidStale(db, 10)).toBe(2);
      expect([await stateOf(db, served), await stateOf(db, extended), await stateOf(db, dead)]).toEqual([
        "served",
        "open",
        "voided",
      ]);
      await at(T0 + 110_000n);
      expect(await voidStale(db, 10)).toBe(0);
      await at(T0 + 110_001n);
      expect(await voidStale(db, 10)).toBe(1);
      const { rows } = await db.query(
        "select count(*)::int as left from request_watch where due_ms < clock_ms()",
      );
      expect(rows).toEqual([{ left: 0 }]);
    }));

  /** By sets, then one by one. */
  async function endServedBoth(db: Queryable, requestId: string): Promise<(boolean | undefined)[]> {
    const end = { requestId, outcome: "served" as const, status: 200, responseDigest: null, receipt: null };
    const [inSets] = await completePlainRequests([end], db);
    const [alone] = await completeRequests([end], db);
    return [inSets, alone];
  }

  async function voidStale(db: Queryable, limit: number): Promise<number> {
    const { rows } = await db.query<{ n: string }>("select void_stale_requests($1) as n", [limit]);
    return Number(rows[0]?.n);
  }
});

describe("which calls are plain", () => {
  const session = { tokenHash: "ab".repeat(32) };
  const plain = someCall({ providerId: "p", via: "session", session });

  test("one that shows a token and nothing else", () => expect(isPlain(plain)).toBe(true));

  test.each<{ with: string; call: AuthorizeCall }>([
    { with: "a price of its own", call: { ...plain, price: 1n } },
    { with: "a tier that it asks for", call: { ...plain, tier: "basic" } },
    { with: "a proof", call: { ...plain, claim: { kind: "challenge", id: "c", expiresMs: 1n } } },
    { with: "a session to be issued", call: { ...plain, issueSession: { ...session, maxMs: 1n } } },
    { with: "a payer and no token", call: someCall({ providerId: "p", payer: "0x1" }) },
  ])("not one with $with", ({ call }) => expect(isPlain(call)).toBe(false));
});
