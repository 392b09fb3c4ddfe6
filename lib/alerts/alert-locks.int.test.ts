import type pg from "pg";
import { beforeEach, expect, test, vi } from "vitest";

// The receiver is allowed before anything reads the environment.
const receiver = await vi.hoisted(async () =>
  (await import("@/lib/testing/webhook-receiver")).webhookReceiver(),
);

import { authorizeRequests } from "@/lib/streams/authorize-request";
import { openStream } from "@/lib/streams/open-stream";
import { pauseStream } from "@/lib/streams/pause-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { countDeadlocks } from "@/lib/testing/count-deadlocks";
import { cost, MINUTE_MS } from "@/lib/testing/descending-streams";
import { heldBack, lockWaits } from "@/lib/testing/held-back";
import { authorised, fundedAddress, listProvider, someCall, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { lookBack } from "@/lib/testing/look-back";
import { webhookRig } from "@/lib/testing/webhook-rig";
import { deleteWebhook, setWebhookEnabled } from "./change-webhook";
import { createWebhook } from "./create-webhook";
import type { OwnWebhook } from "./get-webhook";
import { sweepAlerts } from "./sweep-alerts";
import { sendTest } from "./webhook-deliveries";

// Real clock, real connections. Each race is played in the order in which it was lost once.
const ledger = ledgerForFile(8);
const { deliver, logOf, webhookTo } = webhookRig(ledger, receiver);
beforeEach(() => lookBack(ledger.db));

/** Streams with so many minutes of runway, whose alerts nobody has looked for yet, in the order of their ids. */
async function streamsOf(...minutes: bigint[]) {
  const actor = await fundedAddress(ledger.db, 100n * TOKEN);
  const { id: providerId } = await listProvider(ledger.db, { depositMs: 60_000n });
  const opened: string[] = [];
  for (const _ of minutes)
    opened.push(
      (await openStream({ actor, providerId, tier: "professional", deposit: cost(MINUTE_MS) }, ledger.db)).id,
    );
  const ids = opened.sort();
  for (const [n, streamId] of ids.entries())
    await topUpStream({ actor, streamId, amount: cost(((minutes[n] ?? 1n) - 1n) * MINUTE_MS) }, ledger.db);
  await ledger.db.query("delete from alert where stream_id = any($1)", [ids]);
  return { actor, providerId, ids };
}

/** Writes an alert down without committing it: whoever has to write the same one waits. */
const takeAlert = (streamId: string | undefined, thresholdMs: number) => (db: pg.PoolClient) =>
  db.query(
    `insert into alert (id, account, stream_id, threshold_ms, state, runway_ms, depletes_ms, remaining, funded, generation, raised_ms)
     select 'alt_held', sender, id, $2, 'raised', 0, depletes_ms, 0, funded, generation, 0 from stream where id = $1`,
    [streamId, thresholdMs],
  );

const sweep = () => sweepAlerts({ limit: 100 }, ledger.db);

/** The alerts of 10 min that were raised for a stream, and how many of them stand. */
async function urgentOf(streamId: string | undefined) {
  const { rows } = await ledger.db.query<{ raised: number; stand: number }>(
    `select count(*)::int as raised, (count(*) filter (where ended_ms is null))::int as stand
     from alert where stream_id = $1 and threshold_ms = 600000 and state = 'raised'`,
    [streamId],
  );
  return rows[0];
}

test("given a pass that has come to a later threshold of a stream that a batch of paid calls has, neither waits in a circle", async () => {
  const { actor, providerId, ids } = await streamsOf(30n, 9n, 9n);
  const [first, second, last] = ids;
  const before = await countDeadlocks(ledger.db);
  const done = await heldBack(ledger.db, takeAlert(last, 600_000), async () => {
    const swept = sweep(); // Has written the second stream's alert, and comes to the first with the next threshold.
    await lockWaits(ledger.db, 1);
    const calls = [first, second].map((streamId = "") =>
      someCall({ providerId, payer: actor, streamId, price: cost(MINUTE_MS) }),
    );
    const decided = authorizeRequests(calls, ledger.db);
    await lockWaits(ledger.db, 2);
    return { swept, decided };
  });
  expect((await done.swept).raised).toBe(3);
  expect((await done.decided).map(({ outcome }) => outcome)).toEqual(["authorised", "authorised"]);
  expect((await countDeadlocks(ledger.db)) - before).toBe(0);
});

test("given a pass and a batch of paid calls that want the same streams, both take them in the order of their ids", async () => {
  const { actor, providerId, ids } = await streamsOf(9n, 9n, 9n);
  const before = await countDeadlocks(ledger.db);
  const hold = (db: pg.PoolClient) => db.query("select 1 from stream where id = $1 for update", [ids[1]]);
  const { swept, decided } = await heldBack(ledger.db, hold, async () => {
    const calls = ids.map((streamId) =>
      someCall({ providerId, payer: actor, streamId, price: cost(MINUTE_MS) }),
    );
    const decided = authorizeRequests(calls, ledger.db); // Has the first, and waits for the second.
    await lockWaits(ledger.db, 1);
    const swept = sweep();
    await lockWaits(ledger.db, 2);
    return { swept, decided };
  });
  expect((await decided).map(({ outcome }) => outcome)).toEqual(["authorised", "authorised", "authorised"]);
  expect(await swept).toMatchObject({ looked: 3, raised: 0 });
  expect((await countDeadlocks(ledger.db)) - before).toBe(0);
  for (const id of ids) expect(await urgentOf(id)).toEqual({ raised: 1, stand: 1 });
});

test("given a stream that is told and topped up while a pass looks at another, it is told once and nothing stands", async () => {
  const { actor, providerId, ids } = await streamsOf(9n, 9n);
  const [first, second = ""] = ids;
  const { swept, life } = await heldBack(ledger.db, takeAlert(first, 600_000), async () => {
    const swept = sweep(); // Has read both, and hangs at the first.
    await lockWaits(ledger.db, 1);
    const life = (async () => {
      await authorised(
        ledger.db,
        someCall({ providerId, payer: actor, streamId: second, price: cost(1_000n) }),
      );
      await topUpStream({ actor, streamId: second, amount: cost(30n * MINUTE_MS) }, ledger.db);
    })();
    await Promise.race([life, lockWaits(ledger.db, 2)]);
    return { swept, life };
  });
  await Promise.all([swept, life]);
  expect(await urgentOf(second)).toEqual({ raised: 1, stand: 0 });
});

test("given a top-up under way while a pass looks, the pass waits for it and tells what is true then", async () => {
  const { actor, ids } = await streamsOf(9n);
  const streamId = ids[0] ?? "";
  const holdWallet = (db: pg.PoolClient) =>
    db.query("select 1 from account where id = $1 for update", [`wallet:${actor}`]);
  const { topUp, swept } = await heldBack(ledger.db, holdWallet, async () => {
    const topUp = topUpStream({ actor, streamId, amount: cost(30n * MINUTE_MS) }, ledger.db);
    await lockWaits(ledger.db, 1);
    const swept = sweep();
    await Promise.race([swept, lockWaits(ledger.db, 2)]);
    return { topUp, swept };
  });
  await topUp;
  expect(await swept).toMatchObject({ looked: 1, raised: 1 });
  const { rows } = await ledger.db.query(
    "select threshold_ms, muted_by from alert where stream_id = $1 order by 1",
    [streamId],
  );
  expect(rows).toEqual([
    { threshold_ms: "3600000", muted_by: null },
    { threshold_ms: "14400000", muted_by: "overtaken" },
  ]);
});

test("given a stream that is paused while a pass waits for it, nothing is told", async () => {
  const { actor, ids } = await streamsOf(9n);
  const streamId = ids[0] ?? "";
  const hold = (db: pg.PoolClient) => db.query("select 1 from stream where id = $1 for update", [streamId]);
  const { paused, swept } = await heldBack(ledger.db, hold, async () => {
    const paused = pauseStream({ actor, streamId }, ledger.db);
    await lockWaits(ledger.db, 1);
    const swept = sweep();
    await lockWaits(ledger.db, 2);
    return { paused, swept };
  });
  await paused;
  expect(await swept).toMatchObject({ looked: 1, raised: 0 });
  expect(await urgentOf(streamId)).toEqual({ raised: 0, stand: 0 });
});

test("given two passes at once, one of which was late for a threshold, each alert is told once", async () => {
  const { actor, ids } = await streamsOf(30n, 9n);
  const [first, second = ""] = ids;
  const { early, life } = await heldBack(ledger.db, takeAlert(first, 3_600_000), async () => {
    const early = await heldBack(
      ledger.db,
      (db) => db.query("select 1 from alert_scan where threshold_ms = 600000 for update"),
      async () => {
        const pass = sweep();
        await Promise.race([pass, lockWaits(ledger.db, 1)]);
        return { pass };
      },
    );
    const life = (async () => {
      await sweep();
      await topUpStream({ actor, streamId: second, amount: cost(30n * MINUTE_MS) }, ledger.db);
    })();
    await Promise.race([life, early.pass.then(() => lockWaits(ledger.db, 1))]);
    return { early: early.pass, life };
  });
  await Promise.all([early, life]);
  expect(await urgentOf(second)).toEqual({ raised: 1, stand: 0 });
});

test.each([
  { what: "turned off", stop: setOff },
  { what: "deleted", stop: deleteWebhook },
])(
  "given a webhook that is $what while an alert is being announced to it, it gets nothing",
  async ({ stop }) => {
    const { actor, ids } = await streamsOf(9n, 9n);
    const { id: webhookId } = await createWebhook({ actor, url: receiver.at("/stopped") }, ledger.db);
    const swept = await heldBack(ledger.db, takeAlert(ids[1], 600_000), async () => {
      const pass = sweep(); // Has announced the first stream's alert.
      await lockWaits(ledger.db, 1);
      await stop({ actor, webhookId }, ledger.db);
      return { pass };
    });
    await swept.pass;
    await deliver();
    expect(receiver.received).toEqual([]);
    const { rows } = await ledger.db.query(
      "select state, attempts, last_error from webhook_delivery order by id",
    );
    expect(rows[0]).toEqual({ state: "cancelled", attempts: 0, last_error: "the webhook is off" });
    expect(rows.filter(({ state }) => state === "pending")).toEqual([]);
  },
);

test("given a webhook that is turned off while an attempt ends, neither waits in a circle", async () => {
  const { own } = await webhookTo("/busy");
  const waiting = await sendTest(own, ledger.db);
  const tried = await sendTest(own, ledger.db);
  await ledger.db.query("update webhook_delivery set next_ms = next_ms + 60000 where id = $1", [waiting.id]);
  const { rows } = await ledger.db.query("select claim_deliveries(64, 30000) as claimed");
  expect(rows).toMatchObject([{ claimed: { id: tried.id, attempt: 1 } }]);
  const before = await countDeadlocks(ledger.db);
  const holdWaiting = "select 1 from webhook_delivery where id = $1 for update";
  const both = await heldBack(
    ledger.db,
    (db) => db.query(holdWaiting, [waiting.id]),
    async () => {
      const off = setOff(own, ledger.db);
      await lockWaits(ledger.db, 1);
      const end = {
        id: tried.id,
        attempt: 1,
        endpointId: own.webhookId,
        status: 500,
        error: "no",
        tookMs: 1,
      };
      const finished = ledger.db.query("select finish_delivery($1::jsonb)", [JSON.stringify(end)]);
      await lockWaits(ledger.db, 2);
      return [off, finished];
    },
  );
  await Promise.all(both);
  expect((await countDeadlocks(ledger.db)) - before).toBe(0);
  expect((await logOf(own)).map(({ state }) => state)).toEqual(["cancelled", "cancelled"]);
});

function setOff(own: OwnWebhook, db: pg.Pool) {
  return setWebhookEnabled({ ...own, enabled: false }, db);
}
