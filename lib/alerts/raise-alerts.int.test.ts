import { describe, expect, test } from "vitest";
import { changeStreamTier } from "@/lib/streams/change-stream-tier";
import { openStream } from "@/lib/streams/open-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { cost, descendingStreams, MINUTE_MS } from "@/lib/testing/descending-streams";
import { authorise, authorised, complete, HOUR_MS, someCall, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { findStreamAlert, listAlerts } from "./list-alerts";
import { sweepAlerts } from "./sweep-alerts";

// A stream runs                          → alerts
//   starts at or below a threshold       → that threshold is muted: no news
//   time passes a threshold              → raised once, however often it is swept
//   several at once (we were away)       → the most urgent is raised, the others are overtaken
//   a call's price jumps over one        → raised in the transaction of that call
//   money is given back by a call        → nothing is armed
//   a top-up above a threshold           → its alert ends, and may come again; below it: it stays
const ledger = ledgerForFile();
const withStream = descendingStreams(ledger);

describe("time brings a stream to a threshold", () => {
  test("given five hours of deposit and a sweep every minute, it alerts at 4 h, 1 h and 10 min, once each", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await rig.sweepThrough(0n, 59n * MINUTE_MS);
      expect(await rig.alerts()).toEqual([]);
      await rig.sweepThrough(60n * MINUTE_MS, 299n * MINUTE_MS);
      expect(await rig.alerts()).toEqual(["240 raised", "60 raised", "10 raised"]);
      const { items } = await listAlerts({ actor: rig.actor, limit: 10 }, rig.db);
      expect(items.map(({ thresholdMs, runwayMs }) => [thresholdMs, runwayMs])).toEqual([
        [600_000n, 600_000n],
        [3_600_000n, 3_600_000n],
        [14_400_000n, 14_400_000n],
      ]);
    }));

  test("given the default deposit of 4 h, it says nothing at 4 h, and alerts at 1 h and 10 min", () =>
    withStream(4n * HOUR_MS, async (rig) => {
      await rig.sweepThrough(0n, 239n * MINUTE_MS);
      expect(await rig.alerts()).toEqual(["240 began-below", "60 raised", "10 raised"]);
    }));

  test("given nobody swept for hours, it raises the most urgent only", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await rig.after(0n);
      await rig.sweep();
      await rig.after(295n * MINUTE_MS);
      expect(await rig.sweep()).toMatchObject({ raised: 1, more: false });
      expect(await rig.alerts()).toEqual(["10 raised", "60 overtaken", "240 overtaken"]);
    }));

  test("given more due than one pass takes, it says that there is more, and the next passes take the rest", () =>
    withStream(5n * HOUR_MS, async ({ db, actor, providerId, after }) => {
      for (let n = 0; n < 4; n += 1)
        await openStream({ actor, providerId, tier: "professional", deposit: cost(5n * HOUR_MS) }, db);
      await sweepAlerts({ limit: 100 }, db);
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
      await rig.sweepThrough(0n, 60n * MINUTE_MS);
      expect(await rig.alerts()).toEqual(["240 raised"]);
    }));
});

describe("money moves", () => {
  test("given a top-up above the threshold, its alert ends and comes again in the next descent; others stay", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await rig.sweepThrough(0n, 241n * MINUTE_MS);
      expect(await rig.alerts()).toEqual(["240 raised", "60 raised"]);
      await topUpStream({ actor: rig.actor, streamId: rig.streamId, amount: cost(2n * HOUR_MS) }, rig.db);
      expect(await rig.alerts()).toEqual(["240 raised", "60 raised ended"]);
      await rig.sweepThrough(242n * MINUTE_MS, 361n * MINUTE_MS);
      expect(await rig.alerts()).toEqual(["240 raised", "60 raised ended", "60 raised"]);
    }));

  test("given a top-up that stays below the threshold, it does not alert anew", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await rig.sweepThrough(0n, 241n * MINUTE_MS);
      await topUpStream({ actor: rig.actor, streamId: rig.streamId, amount: 1n }, rig.db);
      await rig.sweepThrough(242n * MINUTE_MS, 245n * MINUTE_MS);
      expect(await rig.alerts()).toEqual(["240 raised", "60 raised"]);
    }));

  test("given a call whose price takes all but nine minutes, the alert stands before the next call is refused", () =>
    withStream(2n * HOUR_MS, async (rig) => {
      const { db, actor, providerId } = rig;
      await rig.after(1_000n);
      await authorised(db, someCall({ providerId, payer: actor, price: cost(111n * MINUTE_MS) }));
      expect(await rig.alerts()).toEqual(["240 began-below", "10 raised", "60 overtaken"]);
      expect(await authorise(db, someCall({ providerId, payer: actor, price: TOKEN }))).toMatchObject({
        code: "stream/deposit-exhausted",
      });
      await rig.sweep();
      expect(await rig.alerts()).toEqual(["240 began-below", "10 raised", "60 overtaken"]);
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
        await rig.sweep();
      }
      expect(await rig.alerts()).toEqual(["60 raised", "240 began-below"]);
      // What was given back put the runway above the threshold: for now nothing is wrong.
      expect(await findStreamAlert({ actor, streamId: rig.streamId }, db)).toBeNull();
    }));

  test("given a faster tier, what it jumps over is raised; given a slower one, it ends", () =>
    withStream(3n * HOUR_MS, async (rig) => {
      const own = { actor: rig.actor, streamId: rig.streamId };
      await rig.after(1_000n);
      await changeStreamTier({ ...own, tier: "enterprise" }, rig.db); // 100 tokens a day: 18 min
      expect(await rig.alerts()).toEqual(["240 began-below", "60 raised"]);
      await rig.after(2_000n);
      await changeStreamTier({ ...own, tier: "basic" }, rig.db); // 1 token a day: some 30 h
      expect(await rig.alerts()).toEqual(["240 began-below ended", "60 raised ended"]);
    }));
});

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
