import { expect, test } from "vitest";
import { authorizeRequests } from "@/lib/streams/authorize-request";
import { openStream } from "@/lib/streams/open-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { countDeadlocks } from "@/lib/testing/count-deadlocks";
import { cost, MINUTE_MS } from "@/lib/testing/descending-streams";
import { fundedAddress, listProvider, someCall, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { lookBack } from "@/lib/testing/look-back";
import { sweepAlerts } from "./sweep-alerts";

// Real clock, real connections: paid calls and top-ups write down or end the very alerts that several sweeps are raising.
const ledger = ledgerForFile(12);
const STREAMS = 24;

/** Streams with `minutes` of runway, whose thresholds are all armed, and a scan that has not seen the last hour. */
async function streamsOf(minutes: bigint) {
  const actor = await fundedAddress(ledger.db, 100n * TOKEN);
  const { id: providerId } = await listProvider(ledger.db, {
    depositMs: 60_000n,
    tiers: { professional: { maxRequestsPerHour: 1_000 } },
  });
  const streamIds: string[] = [];
  for (let n = 0; n < STREAMS; n += 1)
    streamIds.push(
      (
        await openStream(
          { actor, providerId, tier: "professional", deposit: cost(minutes * MINUTE_MS) },
          ledger.db,
        )
      ).id,
    );
  await ledger.db.query("delete from alert where stream_id = any($1)", [streamIds]);
  return { actor, providerId, streamIds };
}

/** Sweeps over the last hour again and again, on several connections, until told to stop. */
function sweepers(count: number): () => Promise<void> {
  let stopped = false;
  const running = Array.from({ length: count }, async () => {
    while (!stopped) {
      await lookBack(ledger.db);
      await sweepAlerts({ limit: 10 }, ledger.db);
    }
  });
  return async () => {
    stopped = true;
    await Promise.all(running);
  };
}

async function rowsOf(streamIds: string[]) {
  const { rows } = await ledger.db.query<{
    stream_id: string;
    threshold_ms: string;
    n: number;
    raised: number;
  }>(
    `select stream_id, threshold_ms, count(*)::int as n, (count(*) filter (where state = 'raised'))::int as raised
     from alert where stream_id = any($1) and ended_ms is null group by 1, 2`,
    [streamIds],
  );
  return rows;
}

test("given calls with a price that jump over thresholds while sweeps look, each is told once and no call waits in a circle", async () => {
  const { actor, providerId, streamIds } = await streamsOf(12n);
  const stop = sweepers(3);
  const batches = Array.from({ length: 6 }, (_, batch) =>
    authorizeRequests(
      [...streamIds]
        .sort(() => (batch % 2 ? 1 : -1))
        .map((streamId) => someCall({ providerId, payer: actor, streamId, price: cost(MINUTE_MS) })),
      ledger.db,
    ),
  );
  const decisions = (await Promise.all(batches)).flat();
  await stop();
  expect(new Set(decisions.map(({ outcome }) => outcome))).toEqual(new Set(["authorised"]));
  expect(await countDeadlocks(ledger.db)).toBe(0);
  const rows = await rowsOf(streamIds);
  expect(rows).toHaveLength(3 * STREAMS);
  expect(rows.every(({ n }) => n === 1)).toBe(true);
  const urgent = rows.filter(({ threshold_ms }) => threshold_ms === "600000");
  expect(urgent.map(({ raised }) => raised)).toEqual(Array.from({ length: STREAMS }, () => 1));
});

test("given top-ups while sweeps look, after one more pass no alert stands for a runway that is above it", async () => {
  const { actor, streamIds } = await streamsOf(9n);
  const stop = sweepers(3);
  await Promise.all(
    streamIds.map((streamId) => topUpStream({ actor, streamId, amount: cost(30n * MINUTE_MS) }, ledger.db)),
  );
  await stop();
  await sweepAlerts({ limit: 1_000 }, ledger.db);
  const rows = await rowsOf(streamIds);
  // 39 min are left: 10 min is armed again, 1 h and 4 h have been told.
  expect(rows.filter(({ threshold_ms }) => threshold_ms === "600000")).toEqual([]);
  expect(rows).toHaveLength(2 * STREAMS);
});
