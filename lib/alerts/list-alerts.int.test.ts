import { describe, expect, test } from "vitest";
import { closeStream } from "@/lib/streams/close-stream";
import { pauseStream } from "@/lib/streams/pause-stream";
import { resumeStream } from "@/lib/streams/resume-stream";
import { descendingStreams, MINUTE_MS } from "@/lib/testing/descending-streams";
import { HOUR_MS, someAddress } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { DAY_BEGIN_MS } from "@/lib/testing/simulated-ledger";
import { dismissAlert } from "./dismiss-alert";
import { findStreamAlert, listAlerts } from "./list-alerts";

const withStream = descendingStreams(ledgerForFile());

describe("what stands now", () => {
  test("given a paused stream, nothing stands; resumed, the same alert does, and no new one comes", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const own = { actor: rig.actor, streamId: rig.streamId };
      await rig.sweepThrough(0n, 61n * MINUTE_MS);
      await pauseStream(own, rig.db);
      expect(await findStreamAlert(own, rig.db)).toBeNull();
      await rig.sweepThrough(62n * MINUTE_MS, 64n * MINUTE_MS);
      await resumeStream(own, rig.db);
      await rig.sweep();
      expect(await rig.alerts()).toEqual(["240 raised"]);
      expect(await findStreamAlert(own, rig.db)).toMatchObject({ thresholdMs: 14_400_000n, state: "live" });
    }));

  test("given two alerts of one stream, the more urgent stands; dismissed, neither; closed, it is resolved", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const own = { actor: rig.actor, streamId: rig.streamId };
      await rig.sweepThrough(0n, 241n * MINUTE_MS);
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
      expect(await findStreamAlert(own, rig.db)).toMatchObject({ id: alertId, state: "live" });
      expect(await dismissAlert({ actor: rig.actor, alertId }, rig.db)).toMatchObject({ state: "dismissed" });
      expect(await findStreamAlert(own, rig.db)).toBeNull();
      await closeStream(own, rig.db);
      const all = await listAlerts({ actor: rig.actor, limit: 10 }, rig.db);
      expect(all.items.map(({ state }) => state)).toEqual(["resolved", "resolved"]);
    }));

  test("given a stream that ran dry, its alert stands until the grace is over, and proposes what revives it", () =>
    withStream(5n * HOUR_MS, async (rig) => {
      const own = { actor: rig.actor, streamId: rig.streamId };
      await rig.sweepThrough(0n, 299n * MINUTE_MS);
      await rig.after(5n * HOUR_MS + 5n * MINUTE_MS);
      expect(await findStreamAlert(own, rig.db)).toMatchObject({
        thresholdMs: 600_000n,
        now: { streamStatus: "exhausted", graceUntilMs: DAY_BEGIN_MS + 5n * HOUR_MS + 15n * MINUTE_MS + 1n },
      });
      await rig.after(5n * HOUR_MS + 15n * MINUTE_MS + 1n);
      expect(await findStreamAlert(own, rig.db)).toBeNull();
    }));
});
