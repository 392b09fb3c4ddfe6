import fc from "fast-check";
import { expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import {
  authorise,
  authorised,
  complete,
  fundedAddress,
  HOUR_MS,
  listProvider,
  someCall,
  TOKEN,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { changeStreamTier } from "./change-stream-tier";
import { getStream } from "./get-stream";
import { openStream } from "./open-stream";

const { simulated } = ledgerForFile();

test("given basic, the 11th call of an hour is told when to come again, and is not counted as served", () =>
  simulated(async ({ db, at }) => {
    const { own, call } = await begin(db);
    for (let n = 0n; n < 10n; n += 1n) {
      await at(T0 + n * 60_000n);
      const { requestId, seq, limit } = await authorised(db, call());
      expect({ seq, limit }).toEqual({ seq: n + 1n, limit: 10 });
      await complete(db, requestId);
    }
    await at(T0 + 3_540_001n);
    expect(await authorise(db, call())).toMatchObject({
      outcome: "denied",
      code: "stream/rate-limited",
      extensions: { limit: 10, remaining: 0, retryAfterSeconds: 60, resetMs: Number(T0 + HOUR_MS) },
    });
    expect(await getStream(own, db)).toMatchObject({ served: 10n, denied: 1n });
    const { rows } = await db.query(
      "select decision, state, seq from request where stream_id = $1 order by at_ms desc limit 1",
      [own.streamId],
    );
    expect(rows).toEqual([{ decision: "stream/rate-limited", state: "denied", seq: null }]);
  }));

test("the window slides: each call makes room exactly an hour after it was let in", () =>
  simulated(async ({ db, at }) => {
    const { call } = await begin(db);
    for (let n = 0n; n < 10n; n += 1n) {
      await at(T0 + n * 1_000n);
      await authorised(db, call());
    }
    for (let n = 0n; n < 10n; n += 1n) {
      await at(T0 + HOUR_MS + n * 1_000n - 1n);
      expect(await authorise(db, call())).toMatchObject({
        code: "stream/rate-limited",
        extensions: { retryAfterSeconds: 1 },
      });
      await at(T0 + HOUR_MS + n * 1_000n);
      await authorised(db, call());
      expect(await authorise(db, call())).toMatchObject({ code: "stream/rate-limited" });
    }
  }));

test("given calls that failed and calls that were denied, only those let in take room", () =>
  simulated(async ({ db, at }) => {
    const { call } = await begin(db);
    for (let n = 0; n < 9; n += 1)
      await complete(db, (await authorised(db, call())).requestId, n % 2 ? "voided" : "served");
    await at(T0 + 1n);
    expect(await authorise(db, call({ tier: "enterprise" }))).toMatchObject({
      code: "stream/flow-rate-insufficient",
      extensions: { currentTier: "basic", requiredTier: "enterprise" },
    });
    await authorised(db, call());
    expect(await authorise(db, call())).toMatchObject({ code: "stream/rate-limited" });
  }));

test("given a change of tier, the new limit holds for the same hour, upwards and downwards", () =>
  simulated(async ({ db, at }) => {
    const { own, call } = await begin(db);
    for (let n = 0; n < 10; n += 1) await authorised(db, call());
    expect(await authorise(db, call())).toMatchObject({ extensions: { limit: 10 } });
    await changeStreamTier({ ...own, tier: "professional" }, db);
    for (let n = 0; n < 90; n += 1) await authorised(db, call());
    expect(await authorise(db, call())).toMatchObject({
      code: "stream/rate-limited",
      extensions: { limit: 100, retryAfterSeconds: 3_600 },
    });

    await at(T0 + HOUR_MS - 1n);
    await changeStreamTier({ ...own, tier: "basic" }, db);
    expect(await authorise(db, call())).toMatchObject({ extensions: { limit: 10, retryAfterSeconds: 1 } });
    await at(T0 + HOUR_MS);
    for (let n = 0; n < 10; n += 1) await authorised(db, call());
    expect(await authorise(db, call())).toMatchObject({
      extensions: { limit: 10, retryAfterSeconds: 3_600 },
    });
  }));

test("given a clock that is set back, the stream's time stands still: no room is won, nothing accrues twice", () =>
  simulated(async ({ db, at }) => {
    const { own, call } = await begin(db);
    await at(T0 + HOUR_MS);
    for (let n = 0; n < 10; n += 1) await authorised(db, call());
    const before = await getStream(own, db);
    for (const backMs of [1n, 60_000n, HOUR_MS, 10n * HOUR_MS]) {
      await at(T0 + HOUR_MS - backMs);
      expect(await authorise(db, call())).toMatchObject({
        code: "stream/rate-limited",
        extensions: { atMs: Number(T0 + HOUR_MS), retryAfterSeconds: 3_600 },
      });
      const { accrued, serverNowMs } = await getStream(own, db);
      expect({ accrued, serverNowMs }).toEqual({ accrued: before.accrued, serverNowMs: T0 + HOUR_MS });
    }
    await at(T0 + 2n * HOUR_MS);
    expect((await authorised(db, call())).accrued).toBe(83_333_333_333_333_333n); // Two hours since the start.
  }));

test("no hour ever holds more than the limit, and no call is refused that would fit", async () => {
  const someGap = fc.bigInt({ min: 0n, max: 1_500_000n });
  const somePast = fc.array(someGap, { minLength: 10, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 6 }), somePast, (limit, gaps) =>
      simulated(async ({ db, at }) => {
        const { call } = await begin(db, limit);
        const passed: bigint[] = [];
        let atMs = T0;
        for (const gap of gaps) {
          atMs += gap;
          await at(atMs);
          const fits = passed.filter((earlier) => earlier > atMs - HOUR_MS).length < limit;
          const { outcome } = await authorise(db, call());
          expect(outcome).toBe(fits ? "authorised" : "denied");
          if (fits) passed.push(atMs);
        }
      }),
    ),
    { numRuns: 40 },
  );
});

async function begin(db: Queryable, maxRequestsPerHour = 10) {
  const provider = await listProvider(db, { tiers: { basic: { maxRequestsPerHour } } });
  const actor = await fundedAddress(db, 100n * TOKEN);
  const { id: streamId } = await openStream(
    { actor, providerId: provider.id, tier: "basic", deposit: 50n * TOKEN },
    db,
  );
  const call = (more: Partial<Parameters<typeof someCall>[0]> = {}) =>
    someCall({ providerId: provider.id, payer: actor, ...more });
  return { own: { actor, streamId }, call };
}
