import { expect, test, vi } from "vitest";

// The receiver is allowed before anything reads the environment.
const receiver = await vi.hoisted(async () =>
  (await import("@/lib/testing/webhook-receiver")).webhookReceiver(),
);

import { openStream } from "@/lib/streams/open-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { cost } from "@/lib/testing/descending-streams";
import { fundedAddress, listProvider, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { lookBack } from "@/lib/testing/look-back";
import { webhookRig } from "@/lib/testing/webhook-rig";
import { setWebhookEnabled } from "./change-webhook";
import { createWebhook } from "./create-webhook";
import { listAlerts } from "./list-alerts";
import { sweepAlerts } from "./sweep-alerts";
import { redeliver } from "./webhook-deliveries";

const ledger = ledgerForFile(8);
const { deliver, webhookTo, logOf } = webhookRig(ledger, receiver);

/** A stream with `ms` of runway on the real clock, at 10 tokens a day, whose thresholds nobody has looked at yet. */
async function streamOf(actor: string, ms: bigint): Promise<string> {
  const { id: providerId } = await listProvider(ledger.db, { depositMs: 60_000n });
  const { id } = await openStream({ actor, providerId, tier: "professional", deposit: cost(ms) }, ledger.db);
  await ledger.db.query("delete from alert where stream_id = $1", [id]);
  return id;
}

test("given a threshold is passed, each enabled webhook of the sender gets it, with what keeps the stream running", async () => {
  const actor = await fundedAddress(ledger.db, 10n * TOKEN);
  const streamId = await streamOf(actor, 540_000n);
  for (const path of ["/a", "/b"]) await createWebhook({ actor, url: receiver.at(path) }, ledger.db);
  const off = await createWebhook({ actor, url: receiver.at("/off") }, ledger.db);
  await setWebhookEnabled({ actor, webhookId: off.id, enabled: false }, ledger.db);
  await webhookTo("/stranger");
  await lookBack(ledger.db);
  await sweepAlerts({ limit: 100 }, ledger.db);
  await deliver();
  expect(receiver.received.map(({ url }) => url).sort()).toEqual(["/a", "/b"]);
  const body = JSON.parse(receiver.received[0]?.body ?? "");
  expect(body).toMatchObject({
    type: "stream.runway-low",
    data: {
      streamId,
      thresholdSeconds: 600,
      suggestedTopUp: "1666667000000000000",
      topUpUrl: `https://superstream.example/api/v1/streams/${streamId}/top-up`,
      autoTopUpObstacle: null,
    },
  });
  expect(body.data.runwaySeconds).toBeGreaterThan(500);
  expect(body.data.runwaySeconds).toBeLessThanOrEqual(540);
});

test("given the stream is topped up before the message went out, it is not sent; by hand it is", async () => {
  const actor = await fundedAddress(ledger.db, 10n * TOKEN);
  const streamId = await streamOf(actor, 540_000n);
  const { id: webhookId } = await createWebhook({ actor, url: receiver.at("/late") }, ledger.db);
  await lookBack(ledger.db);
  await sweepAlerts({ limit: 100 }, ledger.db);
  await topUpStream({ actor, streamId, amount: 5n * TOKEN }, ledger.db);
  await deliver();
  expect(receiver.received).toEqual([]);
  const [line] = await logOf({ actor, webhookId });
  expect(line).toMatchObject({ state: "cancelled", error: "no longer true", attempts: 0 });
  await redeliver({ actor, webhookId, deliveryId: line?.id ?? "" }, ledger.db);
  await deliver();
  expect(await logOf({ actor, webhookId })).toMatchObject([{ state: "delivered", attempts: 1 }]);
});

test("given six sweeps at once, each of 30 streams gets one alert and one message", async () => {
  const actor = await fundedAddress(ledger.db, 100n * TOKEN);
  await createWebhook({ actor, url: receiver.at("/swept") }, ledger.db);
  for (let n = 0; n < 30; n += 1) await streamOf(actor, 540_000n);
  await lookBack(ledger.db);
  const sweeps = await Promise.all([1, 2, 3, 4, 5, 6].map(() => sweepAlerts({ limit: 7 }, ledger.db)));
  let raised = sweeps.reduce((sum, swept) => sum + swept.raised, 0);
  for (let more = true; more; ) {
    const swept = await sweepAlerts({ limit: 7 }, ledger.db);
    raised += swept.raised;
    more = swept.more;
  }
  expect(raised).toBe(30);
  const { items } = await listAlerts({ actor, limit: 100 }, ledger.db);
  expect(new Set(items.map(({ streamId }) => streamId)).size).toBe(30);
  expect(items).toHaveLength(30);
  const { rows } = await ledger.db.query("select count(*)::int as n from webhook_delivery");
  expect(rows[0].n).toBe(30);
});
