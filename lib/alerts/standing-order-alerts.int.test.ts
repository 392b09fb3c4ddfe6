import { describe, expect, test } from "vitest";
import { openStream } from "@/lib/streams/open-stream";
import { setAutoTopUp } from "@/lib/streams/set-auto-top-up";
import { sweepStreams } from "@/lib/streams/sweep-streams";
import { descendingStreams, MINUTE_MS } from "@/lib/testing/descending-streams";
import { HOUR_MS, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS } from "@/lib/testing/simulated-ledger";
import { listAlerts } from "./list-alerts";

// A standing order                       → alerts
//   can act                              → muted; fails after all → raised, saying why
//   cannot act                           → raised, saying why
const withStream = descendingStreams(ledgerForFile());

describe("a standing order", () => {
  const rule = { triggerMs: HOUR_MS, chunkMs: 4n * HOUR_MS, dailyMax: 100n * TOKEN, expiresMs: null };

  test("given it can act, nothing is raised, before and after it acts", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      await setAutoTopUp({ actor: rig.actor, streamId: rig.streamId, rule }, rig.db);
      for (let ms = 0n; ms <= 250n * MINUTE_MS; ms += MINUTE_MS) {
        await rig.after(ms);
        await rig.sweep();
        await sweepStreams({ limit: 10 }, rig.db);
      }
      // It acted at less than 1 h: with 4 h 59 min left, both thresholds are armed again.
      expect(await rig.alerts()).toEqual(["240 auto-top-up ended", "60 auto-top-up ended"]);
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
        await rig.sweepThrough(59n * MINUTE_MS, 61n * MINUTE_MS);
        expect(await rig.alerts()).toEqual([`240 raised: ${why}`]);
        const { items } = await listAlerts({ actor: rig.actor, limit: 1 }, rig.db);
        expect(items[0]?.autoTopUpObstacle).toBe(why);
      },
      wallet,
    ),
  );

  test("given it took its maximum on another day, it can act, and nothing is raised", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const most = { ...rule, dailyMax: 9n * TOKEN };
      await setAutoTopUp({ actor: rig.actor, streamId: rig.streamId, rule: most }, rig.db);
      await rig.db.query(
        "update stream set auto_day = opened_ms / 86400000 - 1, auto_spent = $1 where id = $2",
        [9n * TOKEN, rig.streamId],
      );
      await rig.sweepThrough(59n * MINUTE_MS, 61n * MINUTE_MS);
      expect(await rig.alerts()).toEqual(["240 auto-top-up"]);
    }));

  test("given it was relied upon and then fails, the alert comes when it fails", () =>
    withStream(
      5n * HOUR_MS,
      async (rig) => {
        const { db, actor, providerId, streamId } = rig;
        await setAutoTopUp({ actor, streamId, rule }, db);
        await rig.sweepThrough(59n * MINUTE_MS, 61n * MINUTE_MS);
        expect(await rig.alerts()).toEqual(["240 auto-top-up"]);
        // The wallet is spent elsewhere before the order acts.
        await openStream({ actor, providerId, tier: "professional", deposit: 2n * TOKEN }, db);
        await rig.after(240n * MINUTE_MS + 1_000n);
        await rig.sweep();
        await sweepStreams({ limit: 10 }, db);
        expect(await rig.alerts()).toEqual(["240 auto-top-up", "60 raised: the wallet is too low"]);
      },
      2n * TOKEN,
    ));

  test("given the sweep tries the order before the alerts are looked at, the muted alert is raised by the failure", () =>
    withStream(
      5n * HOUR_MS,
      async (rig) => {
        const { db, actor, providerId, streamId } = rig;
        await setAutoTopUp({ actor, streamId, rule: { ...rule, triggerMs: 2n * HOUR_MS } }, db);
        await rig.sweepThrough(59n * MINUTE_MS, 61n * MINUTE_MS);
        await openStream({ actor, providerId, tier: "professional", deposit: 2n * TOKEN }, db);
        await rig.after(180n * MINUTE_MS + 1_000n);
        await sweepStreams({ limit: 10 }, db);
        expect(await rig.alerts()).toEqual(["240 raised: the wallet is too low"]);
      },
      2n * TOKEN,
    ));
});
