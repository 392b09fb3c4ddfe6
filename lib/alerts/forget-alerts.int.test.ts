import { describe, expect, test } from "vitest";
import { closeStream } from "@/lib/streams/close-stream";
import { pauseStream } from "@/lib/streams/pause-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { descendingStreams, MINUTE_MS } from "@/lib/testing/descending-streams";
import { HOUR_MS, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { deleteWebhook } from "./change-webhook";
import { createWebhook } from "./create-webhook";
import { forgetAlerts } from "./sweep-alerts";
import { listDeliveries } from "./webhook-deliveries";

// Thirty days after                 → it is
//   an alert of a stream that ended → forgotten
//   an alert that ended             → forgotten
//   an alert of a stream that may run again → kept: without it, it would be told anew
//   a delivery                      → forgotten
//   the deletion of a webhook       → forgotten, when its log is
const withStream = descendingStreams(ledgerForFile());
const MONTH_MS = 30n * 24n * HOUR_MS;
const RAISED_MS = 60n * MINUTE_MS; // Of 5 h of deposit.

describe("alerts of thirty days ago", () => {
  test("given a stream that was closed, its alert is forgotten, and not a millisecond sooner", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const { db, actor, streamId, sweepThrough, alerts } = rig;
      await sweepThrough(59n * MINUTE_MS, RAISED_MS);
      await closeStream({ actor, streamId }, db);
      await rig.after(RAISED_MS + MONTH_MS);
      await forgetAlerts({ limit: 10 }, db);
      expect(await alerts()).toEqual(["240 raised"]);
      await rig.after(RAISED_MS + MONTH_MS + 1n);
      await forgetAlerts({ limit: 10 }, db);
      expect(await alerts()).toEqual([]);
    }));

  test("given a stream that is paused, an alert that stands is kept, and one that ended is forgotten", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const { db, actor, streamId, sweepThrough, alerts } = rig;
      await sweepThrough(59n * MINUTE_MS, RAISED_MS);
      await topUpStream({ actor, streamId, amount: TOKEN }, db); // 2.4 h
      await sweepThrough(61n * MINUTE_MS, 61n * MINUTE_MS + 144n * MINUTE_MS);
      await pauseStream({ actor, streamId }, db);
      expect(await alerts()).toEqual(["240 raised ended", "240 raised"]);
      await rig.after(100n * MONTH_MS);
      await forgetAlerts({ limit: 10 }, db);
      expect(await alerts()).toEqual(["240 raised"]);
    }));
});

describe("webhooks of thirty days ago", () => {
  test("given a message, it is forgotten, and not a millisecond sooner", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const { db, actor, sweepThrough } = rig;
      const { id: webhookId } = await createWebhook({ actor, url: "https://hooks.example.com/in" }, db);
      await sweepThrough(59n * MINUTE_MS, RAISED_MS);
      const logged = async () => (await listDeliveries({ actor, webhookId, limit: 10 }, db)).items.length;
      await rig.after(RAISED_MS + MONTH_MS);
      await forgetAlerts({ limit: 10 }, db);
      expect(await logged()).toBe(1);
      await rig.after(RAISED_MS + MONTH_MS + 1n);
      await forgetAlerts({ limit: 10 }, db);
      expect(await logged()).toBe(0);
    }));

  test("given a webhook that was deleted, it is forgotten with the last line of its log", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const { db, actor } = rig;
      const { id: webhookId } = await createWebhook({ actor, url: "https://hooks.example.com/in" }, db);
      const kept = async () =>
        (await db.query("select 1 from webhook_endpoint where id = $1", [webhookId])).rowCount;
      await deleteWebhook({ actor, webhookId }, db);
      await rig.after(MONTH_MS);
      await forgetAlerts({ limit: 10 }, db);
      expect(await kept()).toBe(1);
      await rig.after(MONTH_MS + 1n);
      await forgetAlerts({ limit: 10 }, db);
      expect(await kept()).toBe(0);
    }));
});
