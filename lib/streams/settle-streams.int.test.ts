import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { PERIODS_MS } from "@/lib/domain/rate";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { countDeadlocks } from "@/lib/testing/count-deadlocks";
import { ignoreRefusal } from "@/lib/testing/ignore-refusal";
import {
  authorise,
  complete,
  fundedAddress,
  listProvider,
  someCall,
  walletBalance,
} from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { race } from "@/lib/testing/race";
import { randomSource } from "@/lib/testing/random-source";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { closeStream } from "./close-stream";
import { collectStream } from "./collect-stream";
import { collectStreams } from "./collect-streams";
import { getStream } from "./get-stream";
import { openStream } from "./open-stream";
import { settleStreams } from "./settle-streams";
import { sweepStreams } from "./sweep-streams";
import { topUpStream } from "./top-up-stream";

const CLIENTS = 16;
const HUNT_MS = 5_000;
/** A settlement's interval that does not end while a test runs. */
const FAR_MS = 1_000_000_000_000;
const ledger = ledgerForFile(CLIENTS);
const { simulated } = ledger;
const random = randomSource(Date.now());

describe("collecting from all streams", () => {
  test("given three streams, the receiver gets what each has accrued, once, and nothing of streams that it sends", () =>
    simulated(async ({ db, at }) => {
      const { owner, streams } = await begin(db, 3);
      const other = await begin(db, 0);
      const sender = { actor: owner, asset: "USDCx", source: "faucet", amount: "400", dailyMax: "400" };
      await db.query("select credit_wallet($1::jsonb)", [JSON.stringify(sender)]);
      await openStream({ actor: owner, providerId: other.id, tier: "basic" }, db);
      await at(T0 + 10_999n);
      expect(await collectStreams({ actor: owner }, db)).toEqual({
        streams: 3,
        collected: 30n,
        after: null,
      });
      expect(await collectStreams({ actor: owner }, db)).toEqual({ streams: 0, collected: 0n, after: null });
      await at(T0 + 11_000n);
      expect(await collectStreams({ actor: owner }, db)).toEqual({ streams: 3, collected: 3n, after: null });
      expect(await billed(db, streams)).toEqual(["11", "11", "11"]);
      expect(await walletBalance(db, other.owner)).toBe(0n);
      expect(await runInvariants(db)).toEqual([]);
    }));

  test("given no time, it says where it stopped, and goes on there to the same total", () =>
    simulated(async ({ db, at }) => {
      const { owner, streams } = await begin(db, 5);
      const [, second, , fourth] = [...streams].sort();
      await at(T0 + 7_000n);
      const bounds = { actor: owner, limit: 2, budgetMs: 0 };
      expect(await collectStreams(bounds, db)).toEqual({ streams: 2, collected: 14n, after: second });
      expect(await collectStreams({ ...bounds, after: second }, db)).toEqual({
        streams: 2,
        collected: 14n,
        after: fourth,
      });
      expect(await collectStreams({ ...bounds, after: fourth }, db)).toEqual({
        streams: 1,
        collected: 7n,
        after: null,
      });
      expect(await billed(db, streams)).toEqual(["7", "7", "7", "7", "7"]);
    }));

  test("given a stream that ran dry unseen, and one whose grace is over too, both are paid to the unit", () =>
    simulated(async ({ db, at }) => {
      const { owner, streams } = await begin(db, 1, 60_000n);
      const later = await begin(db, 1, 1_000n, owner);
      await at(T0 + 400_000n + 30_000n); // The deposits of 400 s are spent: 30 s into a grace of 60 s, and of 1 s.
      expect(await collectStreams({ actor: owner }, db)).toEqual({
        streams: 2,
        collected: 800n,
        after: null,
      });
      const statuses = "select status, billed from stream where id = any($1) order by status";
      expect((await db.query(statuses, [[...streams, ...later.streams]])).rows).toEqual([
        { status: "exhausted", billed: "400" },
        { status: "settled", billed: "400" },
      ]);
      expect((await runInvariants(db)).filter(({ id }) => id !== "I24")).toEqual([]);
    }));
});

describe("settling everybody", () => {
  test("given streams of three receivers, all are paid once an interval, however often it is asked", () =>
    simulated(async ({ db, at }) => {
      const sets = [await begin(db, 4), await begin(db, 3), await begin(db, 2)];
      await at(T0 + 60_000n);
      const settle = () => settleStreams({ intervalMs: 3_600_000, limit: 2 }, db);
      expect(await settle()).toEqual({ streams: 9, collected: 540n, failed: 0, more: false });
      await at(T0 + 3_599_999n);
      expect(await settle()).toEqual({ streams: 0, collected: 0n, failed: 0, more: false });
      await at(T0 + 3_600_000n); // By now their deposits are spent and their grace is over.
      expect(await settle()).toEqual({ streams: 9, collected: 3_060n, failed: 0, more: false });
      for (const [index, { owner }] of sets.entries())
        expect(await walletBalance(db, owner)).toBe([1_600n, 1_200n, 800n][index]);
      expect((await runInvariants(db)).filter(({ id }) => id !== "I24")).toEqual([]);
    }));

  test("given books of one stream that do not hold, it is left as it was and counted, the others are paid", () =>
    simulated(async ({ db, at }) => {
      const { owner, streams } = await begin(db, 4);
      await db.query("update account set asset = 'other' where id = $1", [`escrow:${streams[1]}`]);
      await at(T0 + 5_000n);
      expect(await settleStreams({ intervalMs: 3_600_000 }, db)).toEqual({
        streams: 3,
        collected: 15n,
        failed: 1,
        more: false,
      });
      expect(await billed(db, streams)).toEqual(["5", "0", "5", "5"]);
      expect(await walletBalance(db, owner)).toBe(15n);
    }));

  test("given 300 streams and four settlements at once, each stream is billed exactly once", async () => {
    const { db } = ledger;
    const providers = await race(3, () => listProvider(db));
    const streams = await race(300, async () => {
      const actor = await fundedAddress(db, 10n ** 18n);
      const { id } = await openStream({ actor, providerId: random.pick(providers).id, tier: "basic" }, db);
      return id;
    });
    await sleep(2); // At more than ten million units a millisecond, each has accrued something.
    const reports = await race(4, () =>
      settleStreams({ intervalMs: FAR_MS, limit: 7, budgetMs: 30_000 }, db),
    );
    expect(reports.reduce((sum, { failed }) => sum + failed, 0)).toBe(0);
    const { rows } = await db.query(
      "select next_bill as bills, count(*) as streams from stream where id = any($1) group by 1",
      [streams],
    );
    expect(rows).toEqual([{ bills: 1, streams: "300" }]);
    expect(await runInvariants(db)).toEqual([]);
  });
});

test("given settlements, collects, paid calls, top-ups, closes and sweeps at once, each base unit moves once", async () => {
  const { db } = ledger;
  await db.query("update settle_part set due_ms = 0, after = null");
  const tiers = {
    basic: { rate: { amount: 7_777n, periodMs: PERIODS_MS.second }, maxRequestsPerHour: 1_000_000 },
  };
  const payers = await race(6, () => fundedAddress(db, 10n ** 9n));
  // Short lives, so that streams run dry and end while all this goes on.
  const providers = await race(3, () => listProvider(db, { tiers, depositMs: 1_500n, graceMs: 400n }));
  const streams = await race(40, async () => {
    const [actor, provider] = [random.pick(payers), random.pick(providers)];
    const { id } = await openStream({ actor, providerId: provider.id, tier: "basic" }, db);
    return { id, sender: actor, receiver: provider.owner, providerId: provider.id };
  });
  const done: Record<string, number> = {};
  const actions: Record<string, (of: (typeof streams)[number]) => Promise<unknown>> = {
    settle: () => settleStreams({ intervalMs: 1, limit: 3, workers: 2, budgetMs: 20 }, db),
    collectAll: ({ receiver }) => collectStreams({ actor: receiver, limit: 5 }, db),
    collect: ({ receiver, id }) => collectStream({ actor: receiver, streamId: id }, db),
    sweep: () => sweepStreams({ limit: 10 }, db),
    topUp: ({ sender, id }) => topUpStream({ actor: sender, streamId: id, amount: 9_001n }, db),
    call: async ({ sender, providerId, id }) => {
      const price = BigInt(random.below(300));
      const decision = await authorise(db, someCall({ providerId, payer: sender, streamId: id, price }));
      if (decision.outcome === "authorised")
        await complete(db, decision.requestId, random.below(3) ? "served" : "voided");
    },
    close: async ({ receiver, id }) => {
      if (random.below(8) === 0) await closeStream({ actor: receiver, streamId: id }, db);
    },
  };
  const names = Object.keys(actions);
  const end = performance.now() + HUNT_MS;
  await race(CLIENTS, async () => {
    while (performance.now() < end) {
      const name = random.pick(names);
      await actions[name]?.(random.pick(streams)).catch(ignoreRefusal);
      done[name] = (done[name] ?? 0) + 1;
    }
  });
  for (const { id, sender } of streams) await closeStream({ actor: sender, streamId: id }, db);
  await sweepStreams({ limit: 100 }, db);

  expect(Object.keys(done).sort()).toEqual([...names].sort());
  const ended = await Promise.all(
    streams.map(({ id, sender }) => getStream({ actor: sender, streamId: id }, db)),
  );
  expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(["settled"]));
  for (const { owner } of providers) {
    const mine = ended.filter((_, index) => streams[index]?.receiver === owner);
    expect(await walletBalance(db, owner)).toBe(mine.reduce((sum, { billed }) => sum + billed, 0n));
  }
  const kept = await Promise.all(payers.map((payer) => walletBalance(db, payer)));
  const paid = ended.reduce((sum, { billed }) => sum + billed, 0n);
  expect(kept.reduce((sum, balance) => sum + balance, 0n) + paid).toBe(6n * 10n ** 9n);
  expect(await runInvariants(db)).toEqual([]);
  expect(await countDeadlocks(db)).toBe(0);
}, 60_000);

/** `count` streams to one receiver, each of one unit a second and a sender of its own, with 400 s of deposit. */
async function begin(db: Queryable, count: number, graceMs = 900_000n, owner?: string) {
  const tiers = { basic: { rate: { amount: 1n, periodMs: 1_000n } } };
  const terms = { tiers, depositMs: 400_000n, graceMs };
  const provider = await listProvider(db, owner ? { ...terms, owner } : terms);
  const streams: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const actor = await fundedAddress(db, 10_000n);
    streams.push((await openStream({ actor, providerId: provider.id, tier: "basic" }, db)).id);
  }
  return { ...provider, streams };
}

async function billed(db: Queryable, streams: string[]): Promise<string[]> {
  const { rows } = await db.query<{ billed: string }>(
    "select s.billed from unnest($1::text[]) with ordinality u (id, n) join stream s using (id) order by n",
    [streams],
  );
  return rows.map((row) => row.billed);
}
