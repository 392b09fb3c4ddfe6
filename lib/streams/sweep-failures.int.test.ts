import { expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import { runInvariants } from "@/lib/ledger/run-invariants";
import { fundedAddress, HOUR_MS, listProvider } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS as T0 } from "@/lib/testing/simulated-ledger";
import { getStream } from "./get-stream";
import { openStream } from "./open-stream";
import { sweepStreams } from "./sweep-streams";

const ledger = ledgerForFile();

/** Breaks, or mends, the books of a stream, so that no money can leave its escrow, or come into it. */
const setAsset = (db: Queryable, streamId: string, asset: string) =>
  db.query("update account set asset = $2 where id = $1", [`escrow:${streamId}`, asset]);

test("given as many streams as fit a pass that never settle, the next pass takes those behind them", () =>
  ledger.simulated(async ({ db, at }) => {
    const broken = [await begin(db), await begin(db)];
    for (const { streamId } of broken) await setAsset(db, streamId, "other");
    await at(T0 + 1n);
    const well = await begin(db);
    await at(T0 + HOUR_MS);
    const sweep = () => sweepStreams({ limit: 2 }, db);
    expect(await sweep()).toMatchObject({ looked: 2, changed: 0, failed: 2 });
    expect(await sweep()).toMatchObject({ looked: 1, changed: 1, failed: 0 });
    expect(await getStream(well, db)).toMatchObject({ status: "settled" });

    // They are tried again after 1 s, then after 2 s; whoever watches the sweep still sees them.
    const tries = async (ms: bigint) => {
      await at(T0 + HOUR_MS + ms);
      return (await sweep()).failed;
    };
    expect([await tries(999n), await tries(1_000n), await tries(2_999n), await tries(3_000n)]).toEqual([
      0, 2, 0, 2,
    ]);
    const late = (await runInvariants(db)).filter(({ id }) => id === "I24");
    expect(late.map(({ subject }) => subject).sort()).toEqual(broken.map(({ streamId }) => streamId).sort());

    for (const { streamId } of broken) await setAsset(db, streamId, "USDCx");
    await at(T0 + HOUR_MS + 7_000n);
    expect(await sweep()).toMatchObject({ looked: 2, changed: 2, failed: 0 });
    expect((await db.query("select * from sweep_failure")).rows).toEqual([]);
  }));

test("given as many rules as fit a pass that always fail, the next pass acts on those behind them", async () => {
  const { db } = ledger;
  const rule = { triggerMs: 10n * HOUR_MS, chunkMs: HOUR_MS, dailyMax: 10n ** 9n, expiresMs: null };
  const broken = [await begin(db, rule), await begin(db, rule)];
  for (const { streamId } of broken) await setAsset(db, streamId, "other");
  const well = await begin(db, rule);
  const isDue = "update stream set due_ms = case when id = any($1) then 1 else 2 end";
  await db.query(isDue, [broken.map(({ streamId }) => streamId)]);
  const sweep = () => sweepStreams({ limit: 2 }, db);
  expect(await sweep()).toMatchObject({ looked: 2, failed: 2 });
  expect(await sweep()).toMatchObject({ looked: 1, failed: 0 });
  expect((await getStream(well, db)).funded).toBe(400n + 3_600n);
  const { rows } = await db.query("select stream_id, failures from sweep_failure order by 1");
  expect(rows).toEqual(broken.map(({ streamId }) => ({ stream_id: streamId, failures: 1 })));

  for (const { streamId } of broken) await setAsset(db, streamId, "USDCx");
  await db.query("update sweep_failure set retry_ms = 0");
  expect(await sweep()).toMatchObject({ looked: 2, failed: 0 });
  expect((await db.query("select * from sweep_failure")).rows).toEqual([]);
});

/** One unit a second, 400 s of deposit, no grace to speak of. */
async function begin(db: Queryable, autoTopUp: AutoTopUpRule | null = null) {
  const tiers = { basic: { rate: { amount: 1n, periodMs: 1_000n } } };
  const provider = await listProvider(db, { tiers, depositMs: 400_000n, graceMs: 1n });
  const actor = await fundedAddress(db, 100_000n);
  const stream = await openStream({ actor, providerId: provider.id, tier: "basic", autoTopUp }, db);
  return { actor, streamId: stream.id };
}
