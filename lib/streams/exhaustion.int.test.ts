import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import {
  authorise,
  authorised,
  fundedAddress,
  listProvider,
  someCall,
  walletBalance,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { closeStream } from "./close-stream";
import { getStream } from "./get-stream";
import { openStream } from "./open-stream";
import { sweepStream } from "./sweep-streams";
import { topUpStream } from "./top-up-stream";

/** One unit a second and 100 s of deposit: the last paid millisecond is 100,000, grace ends at 160,001. */
const { simulated } = ledgerForFile();

describe("given a deposit that runs out", () => {
  test("the stream is exhausted at its millisecond, seen or unseen, and accrues no more", () =>
    simulated(async ({ db, at }) => {
      const { own, call } = await begin(db);
      await at(T0 + 100_000n);
      expect(await getStream(own, db)).toMatchObject({
        status: "active",
        accrued: 100n,
        remaining: 0n,
        runwayMs: 0n,
      });
      await authorised(db, call());
      for (const laterMs of [100_001n, 150_000n]) {
        await at(T0 + laterMs);
        expect(await getStream(own, db)).toMatchObject({
          ...{ status: "exhausted", accrued: 100n, remaining: 0n, runwayMs: 0n },
          ...{ depletesAtMs: T0 + 100_001n, graceUntilMs: T0 + 160_001n },
        });
      }
      expect(await authorise(db, call())).toMatchObject({
        outcome: "denied",
        code: "stream/deposit-exhausted",
      });
      expect(await getStream(own, db)).toMatchObject({
        status: "exhausted",
        graceUntilMs: T0 + 160_001n,
        denied: 1n,
      });
    }));

  test("in its grace a top-up of a minute revives it from that moment, and the gap is free", () =>
    simulated(async ({ db, at, refusal }) => {
      const { own, call, provider } = await begin(db);
      await at(T0 + 160_000n);
      const less = await refusal(() => topUpStream({ ...own, amount: 60n }, db));
      expect({ code: less.code, ...less.options.extensions }).toMatchObject({
        code: "invalid-input",
        minimumTopUp: "61",
      });
      const revived = await topUpStream({ ...own, amount: 61n }, db);
      expect(revived).toMatchObject({
        status: "active",
        funded: 161n,
        accrued: 100n,
        runwayMs: 61_000n,
        graceUntilMs: null,
      });
      await authorised(db, call());
      await at(T0 + 221_000n);
      expect(await closeStream(own, db)).toMatchObject({ totalPaid: 161n, refund: 0n });
      expect(await walletBalance(db, provider.owner)).toBe(161n);
    }));

  test.each([
    { who: "a sweep", end: (db: Queryable, own: Own) => sweepStream(own.streamId, db) },
    { who: "a close", end: (db: Queryable, own: Own) => closeStream(own, db) },
  ])("after its grace $who finds it ended then; a top-up is too late", ({ end }) =>
    simulated(async ({ db, at, refusal }) => {
      const { own } = await begin(db);
      await at(T0 + 160_001n);
      const late = await refusal(() => topUpStream({ ...own, amount: 1_000n }, db));
      // Not `status`: on the wire that is the HTTP status of the problem.
      expect(late).toMatchObject({
        code: "stream-state",
        options: { extensions: { streamStatus: "exhausted" } },
      });
      await at(T0 + 9_000_000n);
      await end(db, own);
      expect(await getStream(own, db)).toMatchObject({
        ...{ status: "settled", billed: 100n, refunded: 0n },
        ...{ closeCause: "grace-ended", closedAtMs: T0 + 160_001n },
      });
      expect(await sweepStream(own.streamId, db)).toBeNull();
    }),
  );

  test("after its grace an unswept stream says that a top-up does not help", () =>
    simulated(async ({ db, at }) => {
      const { call } = await begin(db);
      await at(T0 + 160_001n);
      expect(await authorise(db, call())).toMatchObject({
        code: "stream/deposit-exhausted",
        extensions: { canTopUp: false },
      });
    }));

  test("given calls that hold the rest, it is exhausted that much earlier, and a voided one is refunded", () =>
    simulated(async ({ db, at }) => {
      const { own, call } = await begin(db);
      await at(T0 + 10_000n);
      expect(await authorised(db, call(40n))).toMatchObject({ remaining: 50n, depletesMs: T0 + 60_001n });
      await at(T0 + 60_001n);
      expect(await authorise(db, call())).toMatchObject({ code: "stream/deposit-exhausted" });
      expect(await closeStream(own, db)).toMatchObject({ status: "closing", totalPaid: 60n, refund: 0n });
    }));
});

describe("given a standing order", () => {
  const rule = { triggerMs: 20_000n, chunkMs: 60_000n, dailyMax: 120n, expiresMs: null };

  test("a sweep tops up when less than its trigger is left, and not a millisecond before", () =>
    simulated(async ({ db, at }) => {
      const { own } = await begin(db, rule);
      await at(T0 + 80_000n);
      expect(await sweepStream(own.streamId, db)).toBeNull();
      await at(T0 + 80_001n);
      await sweepStream(own.streamId, db);
      expect(await getStream(own, db)).toMatchObject({ funded: 160n, depletesAtMs: T0 + 160_001n });
    }));

  test("a late sweep saves an exhausted stream in its grace, up to the day's maximum, and says why not then", () =>
    simulated(async ({ db, at }) => {
      const { own } = await begin(db, rule);
      await at(T0 + 120_000n);
      await sweepStream(own.streamId, db);
      expect(await getStream(own, db)).toMatchObject({ status: "active", funded: 160n, accrued: 100n });
      await at(T0 + 170_000n);
      await sweepStream(own.streamId, db);
      expect((await getStream(own, db)).funded).toBe(220n);
      await at(T0 + 239_000n);
      await sweepStream(own.streamId, db);
      await at(T0 + 239_500n);
      expect(await sweepStream(own.streamId, db)).toBeNull(); // Again in 30 s.
      await at(T0 + 269_000n);
      await sweepStream(own.streamId, db);
      expect(await getStream(own, db)).toMatchObject({ status: "exhausted", funded: 220n });
      const { rows } = await db.query(
        "select data from stream_event where stream_id = $1 and kind = 'auto-top-up-failed'",
        [own.streamId],
      );
      expect(rows).toEqual([{ data: { reason: "the daily maximum is reached", amount: "60" } }]);
    }));
});

type Own = { actor: string; streamId: string };

async function begin(db: Queryable, autoTopUp: AutoTopUpRule | null = null) {
  const tiers = { basic: { rate: { amount: 1n, periodMs: 1_000n }, maxRequestsPerHour: 1_000 } };
  const provider = await listProvider(db, { tiers, depositMs: 100_000n, graceMs: 60_000n });
  const actor = await fundedAddress(db, 100_000n);
  const stream = await openStream({ actor, providerId: provider.id, tier: "basic", autoTopUp }, db);
  const call = (price = 0n) => someCall({ providerId: provider.id, payer: actor, price });
  return { provider, call, own: { actor, streamId: stream.id } };
}
