import { describe, expect, test } from "vitest";
import type { Queryable } from "@/lib/db/pool";
import { changeStreamTier } from "@/lib/streams/change-stream-tier";
import { closeStream } from "@/lib/streams/close-stream";
import { openStream } from "@/lib/streams/open-stream";
import { pauseStream } from "@/lib/streams/pause-stream";
import { resumeStream } from "@/lib/streams/resume-stream";
import { setAutoTopUp } from "@/lib/streams/set-auto-top-up";
import { sweepStreams } from "@/lib/streams/sweep-streams";
import { topUpStream } from "@/lib/streams/top-up-stream";
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
import { DAY_BEGIN_MS, type SimulatedLedger } from "@/lib/testing/simulated-ledger";
import { dismissAlert } from "./dismiss-alert";
import { findStreamAlert, listAlerts } from "./list-alerts";
import { sweepAlerts } from "./sweep-alerts";

// A stream runs                          → alerts
//   starts at or below a threshold       → that threshold is muted: no news
//   time passes a threshold              → raised once, however often it is swept
//   several at once (we were away)       → the most urgent is raised, the others are overtaken
//   a call's price jumps over one        → raised in the transaction of that call
//   money is given back by a call        → nothing is armed
//   a top-up above a threshold           → its alert ends, and may come again; below it: it stays
//   a standing order can act             → muted; fails after all → raised, saying why; cannot act → raised, saying why
//   paused, closed                       → nothing stands
const ledger = ledgerForFile();
const MINUTE_MS = 60_000n;
const RATE = 10n * TOKEN; // a day, professional: 1 token lasts 2.4 h

type Rig = SimulatedLedger & {
  actor: string;
  providerId: string;
  streamId: string;
  /** Milliseconds after the stream was opened. */
  after(ms: bigint): Promise<void>;
};

/** A stream whose deposit lasts exactly `runwayMs` at 10 tokens a day, and a wallet with `wallet` left. */
function withStream<T>(runwayMs: bigint, work: (rig: Rig) => Promise<T>, wallet = 100n * TOKEN): Promise<T> {
  return ledger.simulated(async (simulated) => {
    const { db, at } = simulated;
    const deposit = cost(runwayMs);
    const actor = await fundedAddress(db, deposit + wallet);
    const { id: providerId } = await listProvider(db, {
      depositMs: MINUTE_MS,
      tiers: { professional: { rate: { amount: RATE, periodMs: 24n * HOUR_MS } } },
    });
    const { id: streamId } = await openStream({ actor, providerId, tier: "professional", deposit }, db);
    const after = (ms: bigint) => at(DAY_BEGIN_MS + ms);
    return work({ ...simulated, actor, providerId, streamId, after });
  });
}

/** Base units of `ms` of flow at 10 tokens a day, rounded up. */
function cost(ms: bigint): bigint {
  return (RATE * ms + 86_399_999n) / 86_400_000n;
}

const sweep = (db: Queryable) => sweepAlerts({ limit: 100 }, db);

/** Every row of a stream: "minutes of the threshold, state, why", in the order of writing. */
async function rows({ db, streamId }: Rig): Promise<string[]> {
  const { rows: found } = await db.query<{ line: string }>(
    `select threshold_ms / 60000 || ' ' || coalesce(muted_by, state) || coalesce(': ' || obstacle, '') || case when ended_ms is null then '' else ' ended' end as line
     from alert where stream_id = $1 order by raised_ms, threshold_ms`,
    [streamId],
  );
  return found.map(({ line }) => line);
}

/** Sweeps every minute from the first to the last moment after the opening. */
async function sweepThrough(rig: Rig, fromMs: bigint, toMs: bigint): Promise<void> {
  for (let ms = fromMs; ms <= toMs; ms += MINUTE_MS) {
    await rig.after(ms);
    await sweep(rig.db);
  }
}

describe("time brings a stream to a threshold", () => {
  test("given five hours of deposit and a sweep every minute, it alerts at 4 h, 1 h and 10 min, once each", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await sweepThrough(rig, 0n, 59n * MINUTE_MS);
      expect(await rows(rig)).toEqual([]);
      await sweepThrough(rig, 60n * MINUTE_MS, 299n * MINUTE_MS);
      expect(await rows(rig)).toEqual(["240 raised", "60 raised", "10 raised"]);
      const { items } = await listAlerts({ actor: rig.actor, limit: 10 }, rig.db);
      expect(items.map(({ thresholdMs, runwayMs }) => [thresholdMs, runwayMs])).toEqual([
        [600_000n, 600_000n],
        [3_600_000n, 3_600_000n],
        [14_400_000n, 14_400_000n],
      ]);
    }));

  test("given the default deposit of 4 h, it says nothing at 4 h, and alerts at 1 h and 10 min", () =>
    withStream(4n * HOUR_MS, async (rig) => {
      await sweepThrough(rig, 0n, 239n * MINUTE_MS);
      expect(await rows(rig)).toEqual(["240 began-below", "60 raised", "10 raised"]);
    }));

  test("given nobody swept for hours, it raises the most urgent only", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await rig.after(0n);
      await sweep(rig.db);
      await rig.after(295n * MINUTE_MS);
      expect(await sweep(rig.db)).toMatchObject({ raised: 1, more: false });
      expect(await rows(rig)).toEqual(["10 raised", "60 overtaken", "240 overtaken"]);
    }));

  test("given more due than one pass takes, it says that there is more, and the next passes take the rest", () =>
    withStream(5n * HOUR_MS, async ({ db, actor, providerId, after }) => {
      for (let n = 0; n < 4; n += 1)
        await openStream({ actor, providerId, tier: "professional", deposit: cost(5n * HOUR_MS) }, db);
      await sweep(db);
      await after(HOUR_MS);
      expect(await sweepAlerts({ limit: 2 }, db)).toMatchObject({ raised: 2, more: true });
      expect(await sweepAlerts({ limit: 2 }, db)).toMatchObject({ raised: 2, more: true });
      expect(await sweepAlerts({ limit: 2 }, db)).toMatchObject({ raised: 1, more: false });
      expect(await sweepAlerts({ limit: 2 }, db)).toEqual({ looked: 0, raised: 0, more: false });
    }));

  test("given a clock that was set back, it goes on from there", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await rig.after(100n * HOUR_MS);
      await rig.db.query("update alert_scan set scanned_ms = clock_ms()");
      await sweepThrough(rig, 0n, 60n * MINUTE_MS);
      expect(await rows(rig)).toEqual(["240 raised"]);
    }));
});

describe("money moves", () => {
  test("given a top-up above the threshold, its alert ends and comes again in the next descent; others stay", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await sweepThrough(rig, 0n, 241n * MINUTE_MS);
      expect(await rows(rig)).toEqual(["240 raised", "60 raised"]);
      await topUpStream({ actor: rig.actor, streamId: rig.streamId, amount: cost(2n * HOUR_MS) }, rig.db);
      expect(await rows(rig)).toEqual(["240 raised", "60 raised ended"]);
      await sweepThrough(rig, 242n * MINUTE_MS, 361n * MINUTE_MS);
      expect(await rows(rig)).toEqual(["240 raised", "60 raised ended", "60 raised"]);
    }));

  test("given a top-up that stays below the threshold, it does not alert anew", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await sweepThrough(rig, 0n, 241n * MINUTE_MS);
      await topUpStream({ actor: rig.actor, streamId: rig.streamId, amount: 1n }, rig.db);
      await sweepThrough(rig, 242n * MINUTE_MS, 245n * MINUTE_MS);
      expect(await rows(rig)).toEqual(["240 raised", "60 raised"]);
    }));

  test("given a call whose price takes all but nine minutes, the alert stands before the next call is refused", () =>
    withStream(2n * HOUR_MS, async (rig) => {
      const { db, actor, providerId } = rig;
      await rig.after(1_000n);
      await authorised(db, someCall({ providerId, payer: actor, price: cost(111n * MINUTE_MS) }));
      expect(await rows(rig)).toEqual(["240 began-below", "10 raised", "60 overtaken"]);
      expect(await authorise(db, someCall({ providerId, payer: actor, price: TOKEN }))).toMatchObject({
        code: "stream/deposit-exhausted",
      });
      await sweep(db);
      expect(await rows(rig)).toEqual(["240 began-below", "10 raised", "60 overtaken"]);
    }));

  test("given calls that set money aside and give it back at the threshold, it alerts once", () =>
    withStream(61n * MINUTE_MS + 5_000n, async (rig) => {
      const { db, actor, providerId } = rig;
      for (let n = 0n; n < 5n; n += 1n) {
        await rig.after(n * 1_000n);
        const call = await authorised(
          db,
          someCall({ providerId, payer: actor, price: cost(5n * MINUTE_MS) }),
        );
        await complete(db, call.requestId, "voided");
        await sweep(db);
      }
      expect(await rows(rig)).toEqual(["60 raised", "240 began-below"]);
      // What was given back put the runway above the threshold: for now nothing is wrong.
      expect(await findStreamAlert({ actor, streamId: rig.streamId }, db)).toBeNull();
    }));

  test("given a faster tier, what it jumps over is raised; given a slower one, it ends", () =>
    withStream(3n * HOUR_MS, async (rig) => {
      const own = { actor: rig.actor, streamId: rig.streamId };
      await rig.after(1_000n);
      await changeStreamTier({ ...own, tier: "enterprise" }, rig.db); // 100 tokens a day: 18 min
      expect(await rows(rig)).toEqual(["240 began-below", "60 raised"]);
      await rig.after(2_000n);
      await changeStreamTier({ ...own, tier: "basic" }, rig.db); // 1 token a day: some 30 h
      expect(await rows(rig)).toEqual(["240 began-below ended", "60 raised ended"]);
    }));

  test("given a top-up that committed while the sweep had an older sight of its stream, the next pass ends the alert", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await sweepThrough(rig, 0n, 60n * MINUTE_MS);
      await topUpStream({ actor: rig.actor, streamId: rig.streamId, amount: TOKEN }, rig.db);
      // The trigger of the top-up did not see the row of the sweep: as if it were still there.
      await rig.db.query("update alert set ended_ms = null where stream_id = $1", [rig.streamId]);
      await rig.after(61n * MINUTE_MS);
      await sweep(rig.db);
      expect(await rows(rig)).toEqual(["240 raised ended"]);
    }));
});

describe("a standing order", () => {
  const rule = { triggerMs: HOUR_MS, chunkMs: 4n * HOUR_MS, dailyMax: 100n * TOKEN, expiresMs: null };

  test("given it can act, nothing is raised, before and after it acts", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await setAutoTopUp({ actor: rig.actor, streamId: rig.streamId, rule }, rig.db);
      for (let ms = 0n; ms <= 250n * MINUTE_MS; ms += MINUTE_MS) {
        await rig.after(ms);
        await sweep(rig.db);
        await sweepStreams({ limit: 10 }, rig.db);
      }
      // It acted at less than 1 h: with 4 h 59 min left, both thresholds are armed again.
      expect(await rows(rig)).toEqual(["240 auto-top-up ended", "60 auto-top-up ended"]);
    }));

  test.each([
    { given: "an empty wallet", changes: {}, wallet: 0n, why: "the wallet is too low" },
    {
      given: "an end before it would act",
      changes: { expiresMs: DAY_BEGIN_MS + 2n * HOUR_MS },
      wallet: 9n * TOKEN,
      why: "the rule has expired",
    },
    {
      given: "a day in which it took all but 1 token of its maximum",
      changes: { dailyMax: 9n * TOKEN },
      spent: 8n * TOKEN,
      wallet: 9n * TOKEN,
      why: "the daily maximum is reached",
    },
  ])("given $given, it alerts at 4 h and says why", ({ changes, spent = 0n, wallet, why }) =>
    withStream(
      5n * HOUR_MS,
      async (rig) => {
        await setAutoTopUp(
          { actor: rig.actor, streamId: rig.streamId, rule: { ...rule, ...changes } },
          rig.db,
        );
        await rig.db.query(
          "update stream set auto_day = opened_ms / 86400000, auto_spent = $1 where id = $2",
          [spent, rig.streamId],
        );
        await sweepThrough(rig, 59n * MINUTE_MS, 61n * MINUTE_MS);
        expect(await rows(rig)).toEqual([`240 raised: ${why}`]);
        const { items } = await listAlerts({ actor: rig.actor, limit: 1 }, rig.db);
        expect(items[0]?.autoTopUpObstacle).toBe(why);
      },
      wallet,
    ),
  );

  test("given it was relied upon and then fails, the alert comes when it fails", () =>
    withStream(
      5n * HOUR_MS,
      async (rig) => {
        const { db, actor, providerId, streamId } = rig;
        await setAutoTopUp({ actor, streamId, rule }, db);
        await sweepThrough(rig, 59n * MINUTE_MS, 61n * MINUTE_MS);
        expect(await rows(rig)).toEqual(["240 auto-top-up"]);
        // The wallet is spent elsewhere before the order acts.
        await openStream({ actor, providerId, tier: "professional", deposit: 2n * TOKEN }, db);
        await rig.after(240n * MINUTE_MS + 1_000n);
        await sweep(db);
        await sweepStreams({ limit: 10 }, db);
        expect(await rows(rig)).toEqual(["240 auto-top-up", "60 raised: the wallet is too low"]);
      },
      2n * TOKEN,
    ));

  test("given the sweep tries the order before the alerts are looked at, the muted alert is raised by the failure", () =>
    withStream(
      5n * HOUR_MS,
      async (rig) => {
        const { db, actor, providerId, streamId } = rig;
        await setAutoTopUp({ actor, streamId, rule: { ...rule, triggerMs: 2n * HOUR_MS } }, db);
        await sweepThrough(rig, 59n * MINUTE_MS, 61n * MINUTE_MS);
        await openStream({ actor, providerId, tier: "professional", deposit: 2n * TOKEN }, db);
        await rig.after(180n * MINUTE_MS + 1_000n);
        await sweepStreams({ limit: 10 }, db);
        expect(await rows(rig)).toEqual(["240 raised: the wallet is too low"]);
      },
      2n * TOKEN,
    ));
});

describe("what stands now", () => {
  test("given a paused stream, nothing stands; resumed, the same alert does, and no new one comes", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const own = { actor: rig.actor, streamId: rig.streamId };
      await sweepThrough(rig, 0n, 61n * MINUTE_MS);
      await pauseStream(own, rig.db);
      expect(await findStreamAlert(own, rig.db)).toBeNull();
      await sweepThrough(rig, 62n * MINUTE_MS, 64n * MINUTE_MS);
      await resumeStream(own, rig.db);
      await sweep(rig.db);
      expect(await rows(rig)).toEqual(["240 raised"]);
      expect(await findStreamAlert(own, rig.db)).toMatchObject({ thresholdMs: 14_400_000n, state: "live" });
    }));

  test("given two alerts of one stream, the more urgent stands; dismissed, neither; closed, it is resolved", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const own = { actor: rig.actor, streamId: rig.streamId };
      await sweepThrough(rig, 0n, 241n * MINUTE_MS);
      const { items } = await listAlerts({ actor: rig.actor, live: true, limit: 10 }, rig.db);
      // 59 min at 10 tokens a day are left; four hours cost 1.666…67, shown and moved as 1.666667.
      expect(items).toMatchObject([
        {
          thresholdMs: 3_600_000n,
          suggestedTopUp: 1_666_667_000_000_000_000n,
          now: { runwayMs: 3_540_000n },
        },
      ]);
      const alertId = items[0]?.id ?? "";
      await expect(dismissAlert({ actor: someAddress(), alertId }, rig.db)).rejects.toThrow("not found");
      expect(await dismissAlert({ actor: rig.actor, alertId }, rig.db)).toMatchObject({ state: "dismissed" });
      expect(await findStreamAlert(own, rig.db)).toBeNull();
      await closeStream(own, rig.db);
      const all = await listAlerts({ actor: rig.actor, limit: 10 }, rig.db);
      expect(all.items.map(({ state }) => state)).toEqual(["resolved", "resolved"]);
    }));

  test("given a stream that ran dry, its alert stands until the grace is over, and proposes what revives it", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const own = { actor: rig.actor, streamId: rig.streamId };
      await sweepThrough(rig, 0n, 299n * MINUTE_MS);
      await rig.after(5n * HOUR_MS + 5n * MINUTE_MS);
      expect(await findStreamAlert(own, rig.db)).toMatchObject({
        thresholdMs: 600_000n,
        now: { streamStatus: "exhausted", graceUntilMs: DAY_BEGIN_MS + 5n * HOUR_MS + 15n * MINUTE_MS + 1n },
      });
      await rig.after(5n * HOUR_MS + 15n * MINUTE_MS + 1n);
      expect(await findStreamAlert(own, rig.db)).toBeNull();
    }));

  test("given nothing is committed, the injected clock cannot leave an alert behind", async () => {
    const client = await ledger.db.connect();
    try {
      await client.query("begin");
      await client.query("select set_config('superstream.now_ms', '1795132800000', true)");
      await client.query(
        `insert into alert (id, account, stream_id, threshold_ms, state, runway_ms, depletes_ms, remaining, funded, generation, raised_ms)
         values ('alt_x', 'a', 's', 600000, 'raised', 1, 1, 1, 1, 0, 1)`,
      );
      await expect(client.query("commit")).rejects.toThrow("injected clock");
    } finally {
      client.release();
    }
  });
});
