import { expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import {
  authorised,
  complete,
  fundedAddress,
  HOUR_MS,
  listProvider,
  someCall,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { completeRequests } from "./complete-request";
import { extendRequest } from "./extend-request";
import { getStream } from "./get-stream";
import { openStream } from "./open-stream";
import { sweepStreams } from "./sweep-streams";

const { simulated } = ledgerForFile();

test("given a call that nobody ended for a minute, it is voided and its price given back", () =>
  simulated(async ({ db, at }) => {
    const { own, call } = await begin(db);
    const { requestId } = await authorised(db, call(40n));
    await at(T0 + 60_000n);
    expect(await sweepStreams({ limit: 10 }, db)).toMatchObject({ voided: 0 });
    expect((await getStream(own, db)).held).toBe(40n);
    await at(T0 + 60_001n);
    expect(await sweepStreams({ limit: 10 }, db)).toMatchObject({ voided: 1, failed: 0 });
    expect(await getStream(own, db)).toMatchObject({ held: 0n, used: 0n, served: 0n });
    expect(await complete(db, requestId)).toBe(false); // The server that comes back is too late.
    expect(await sweepStreams({ limit: 10 }, db)).toMatchObject({ looked: 0, voided: 0 });
  }));

test("given a server that says it is still sending, its call stays open, a minute each time", () =>
  simulated(async ({ db, at }) => {
    const { call } = await begin(db);
    const { requestId } = await authorised(db, call(40n));
    await at(T0 + 60_000n);
    expect(await extendRequest(requestId, db)).toBe(true);
    await at(T0 + 120_000n);
    expect(await sweepStreams({ limit: 10 }, db)).toMatchObject({ voided: 0 });
    await at(T0 + 120_001n);
    expect(await sweepStreams({ limit: 10 }, db)).toMatchObject({ voided: 1 });
    expect(await extendRequest(requestId, db)).toBe(false);
  }));

test("given more than fits, a pass is bounded and takes the longest due first", () =>
  simulated(async ({ db, at }) => {
    for (const n of [0n, 1n, 2n]) {
      await at(T0 + n);
      await begin(db);
    }
    await at(T0 + HOUR_MS);
    const statuses = async () => {
      const { rows } = await db.query("select status from stream order by opened_ms");
      return rows.map(({ status }) => status);
    };
    expect(await sweepStreams({ limit: 2 }, db)).toMatchObject({ looked: 2, changed: 2 });
    expect(await statuses()).toEqual(["settled", "settled", "active"]);
    expect(await sweepStreams({ limit: 2 }, db)).toMatchObject({ looked: 1, changed: 1 });
    expect(await statuses()).toEqual(["settled", "settled", "settled"]);
    expect(await sweepStreams({ limit: 2 }, db)).toEqual({ looked: 0, changed: 0, voided: 0, failed: 0 });
  }));

test("given an answer that was kept for a day, it is forgotten after it, the call is not", () =>
  simulated(async ({ db, at }) => {
    const { call } = await begin(db);
    const { requestId } = await authorised(db, call());
    const answer = { headers: { "content-type": "text/plain" }, body: Buffer.from([0, 255, 10]) };
    await completeRequests(
      [
        {
          requestId,
          outcome: "served",
          status: 200,
          responseDigest: "sha-256=:AA==:",
          receipt: { id: 1 },
          answer,
        },
      ],
      db,
    );
    const kept = async () =>
      (await db.query("select status, headers, body from request_answer where body is not null")).rows;
    await at(T0 + 24n * HOUR_MS);
    await sweepStreams({ limit: 10 }, db);
    expect(await kept()).toEqual([{ status: 200, ...answer }]);
    await at(T0 + 24n * HOUR_MS + 1n);
    await sweepStreams({ limit: 10 }, db);
    expect(await kept()).toEqual([]);
    const { rows } = await db.query(
      "select state, http_status, receipt from request join request_answer on request_id = id where id = $1",
      [requestId],
    );
    expect(rows).toEqual([{ state: "served", http_status: 200, receipt: '{"id":1}' }]);
  }));

test("given a stream whose grace ended during a priced call, it settles when that call has ended, and not before", () =>
  simulated(async ({ db, at }) => {
    const { own, call } = await begin(db);
    await at(T0 + 380_000n);
    const { requestId } = await authorised(db, call(10n));
    await at(T0 + 391_003n); // 390 s were left beside the call's price; it ran dry and its grace is over.
    expect(await sweepStreams({ limit: 10 }, db)).toMatchObject({ looked: 1, changed: 1 });
    expect(await getStream(own, db)).toMatchObject({
      status: "closing",
      billed: 390n,
      held: 10n,
      refunded: 0n,
    });
    expect(await sweepStreams({ limit: 10 }, db)).toMatchObject({ looked: 0 });

    expect(await complete(db, requestId, "voided")).toBe(true);
    expect(await sweepStreams({ limit: 10 }, db)).toMatchObject({ looked: 1, changed: 1 });
    expect(await getStream(own, db)).toMatchObject({
      status: "settled",
      billed: 390n,
      held: 0n,
      refunded: 10n,
    });
  }));

test("given a rule of automatic top-ups, a sweep of many leaves the stream to the sweep of one", () =>
  simulated(async ({ db, at }) => {
    const { own } = await begin(db, {
      triggerMs: 60_000n,
      chunkMs: 100_000n,
      dailyMax: 1_000n,
      expiresMs: null,
    });
    await at(T0 + 350_000n); // Fifty seconds are left.
    const { rows } = await db.query("select sweep_batch('{\"limit\": 10}')->>'looked' as looked");
    expect(rows).toEqual([{ looked: "0" }]);
    expect(await sweepStreams({ limit: 10 }, db)).toMatchObject({ looked: 1 });
    expect((await getStream(own, db)).funded).toBe(500n);
  }));

/** One unit a second, 400 s of deposit, no grace to speak of. */
async function begin(db: Queryable, autoTopUp: AutoTopUpRule | null = null) {
  const tiers = { basic: { rate: { amount: 1n, periodMs: 1_000n } } };
  const provider = await listProvider(db, { tiers, depositMs: 400_000n, graceMs: 1n });
  const actor = await fundedAddress(db, 100_000n);
  const stream = await openStream({ actor, providerId: provider.id, tier: "basic", autoTopUp }, db);
  const call = (price = 0n) => someCall({ providerId: provider.id, payer: actor, price });
  return { call, own: { actor, streamId: stream.id } };
}
