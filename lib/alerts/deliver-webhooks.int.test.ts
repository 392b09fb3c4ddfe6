import { describe, expect, test, vi } from "vitest";

// The receiver is allowed before anything reads the environment.
const receiver = await vi.hoisted(async () =>
  (await import("@/lib/testing/webhook-receiver")).webhookReceiver(),
);

import { setTimeout as sleep } from "node:timers/promises";
import { someAddress } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import type { Received } from "@/lib/testing/webhook-receiver";
import { isSignedBy, webhookRig } from "@/lib/testing/webhook-rig";
import { setWebhookEnabled } from "./change-webhook";
import { createWebhook } from "./create-webhook";
import { getWebhook } from "./get-webhook";
import { listDeliveries, redeliver, sendTest } from "./webhook-deliveries";

// A delivery                 → log
//   2xx                      → delivered
//   500, redirect, nobody    → tried again after 5 s, 30 s, 2 min, 10 min, 1 h, then failed; each time the same id and body
//   410                      → failed, and the webhook is off
//   no answer in time        → tried again; the others went on meanwhile
//   its server died          → claimed again when the lease ends; the dead server's word no longer counts
const ledger = ledgerForFile(8);
const rig = webhookRig(ledger, receiver);
const { deliver, webhookTo, logOf, passTime } = rig;

describe("an attempt", () => {
  test("given a receiver that answers 204, a test message arrives signed, once, and is logged as delivered", async () => {
    const { own, secret } = await webhookTo("/ok");
    const sent = await sendTest(own, ledger.db);
    await deliver();
    await deliver();
    expect(receiver.received).toHaveLength(1);
    const [message] = receiver.received as [Received];
    expect(isSignedBy(message, secret)).toBe(true);
    expect(message.headers["webhook-id"]).toBe(sent.id);
    expect(Math.abs(Number(message.headers["webhook-timestamp"]) - Date.now() / 1_000)).toBeLessThan(60);
    expect(JSON.parse(message.body)).toMatchObject({
      type: "webhook.test",
      data: { webhookId: own.webhookId },
    });
    expect(await logOf(own)).toMatchObject([
      { state: "delivered", attempts: 1, responseStatus: 204, error: null, nextAttemptAtMs: null },
    ]);
  });

  test("given 500 and then 200, it is tried again after 5 s with the same id and body", async () => {
    receiver.answer("/flaky", [500, 200]);
    const { own } = await webhookTo("/flaky");
    const { id } = await sendTest(own, ledger.db);
    await deliver();
    const [after] = await logOf(own);
    expect(after).toMatchObject({
      state: "pending",
      attempts: 1,
      responseStatus: 500,
      error: "answered 500",
    });
    expect(Number(after?.nextAttemptAtMs) - Number(after?.lastAttemptAtMs)).toBe(5_000);
    await deliver(); // Not due yet.
    expect(receiver.received).toHaveLength(1);
    await passTime(id);
    await deliver();
    expect(await logOf(own)).toMatchObject([{ state: "delivered", attempts: 2, responseStatus: 200 }]);
    expect(receiver.received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect(receiver.received[0]?.body).toBe(receiver.received[1]?.body);
  });

  test("given a receiver that is never well, the pauses grow, and the sixth attempt is the last until somebody asks", async () => {
    receiver.answer("/ill", [500, 503, 302, 500, 404, 500]);
    const { own } = await webhookTo("/ill");
    const { id } = await sendTest(own, ledger.db);
    const pauses: number[] = [];
    const errors: (string | null | undefined)[] = [];
    for (let n = 0; n < 6; n += 1) {
      await deliver();
      const [line] = await logOf(own);
      errors.push(line?.error);
      if (line?.nextAttemptAtMs) pauses.push(Number(line.nextAttemptAtMs - (line.lastAttemptAtMs ?? 0n)));
      await passTime(id);
    }
    expect(pauses).toEqual([5_000, 30_000, 120_000, 600_000, 3_600_000]);
    expect(errors[2]).toBe("answered with a redirect");
    expect(await logOf(own)).toMatchObject([{ state: "failed", attempts: 6, nextAttemptAtMs: null }]);
    await deliver();
    expect(receiver.received).toHaveLength(6);

    await redeliver({ ...own, deliveryId: id }, ledger.db);
    await deliver();
    expect(await logOf(own)).toMatchObject([{ id, state: "delivered", attempts: 7 }]);
  });

  test("given nobody listens, it says so and tries again", async () => {
    const actor = someAddress();
    const { id: webhookId } = await createWebhook({ actor, url: receiver.nobodyAt("/down") }, ledger.db);
    await sendTest({ actor, webhookId }, ledger.db);
    await deliver();
    expect(await logOf({ actor, webhookId })).toMatchObject([
      { state: "pending", responseStatus: null, error: "no connection" },
    ]);
  });

  test("given an address that is no longer allowed, nothing is dialled", async () => {
    const { own } = await webhookTo("/was-allowed");
    await sendTest(own, ledger.db);
    await deliver({ allowPrivate: [] });
    expect(await logOf(own)).toMatchObject([{ state: "pending", error: "the address is not allowed" }]);
    expect(receiver.received).toEqual([]);
  });

  test("given a message that was written while its webhook was being deleted, nothing is dialled, and others are sent", async () => {
    const [gone, other] = [await webhookTo("/deleted"), await webhookTo("/other")];
    await sendTest(gone.own, ledger.db);
    await sendTest(other.own, ledger.db);
    await ledger.db.query("update webhook_endpoint set deleted_ms = 1, secret = null where id = $1", [
      gone.own.webhookId,
    ]);
    await deliver();
    expect(receiver.received.map(({ url }) => url)).toEqual(["/other"]);
    expect(await logOf(other.own)).toMatchObject([{ state: "delivered", attempts: 1 }]);
    const { rows } = await ledger.db.query(
      "select state, attempts, last_error from webhook_delivery where endpoint_id = $1",
      [gone.own.webhookId],
    );
    expect(rows).toEqual([{ state: "cancelled", attempts: 0, last_error: "the webhook is off" }]);
  });

  test("given 410, the webhook is off, and what waits is not sent", async () => {
    receiver.answer("/gone", [410]);
    const { own } = await webhookTo("/gone");
    await sendTest(own, ledger.db);
    await sendTest(own, ledger.db);
    await deliver();
    expect(await getWebhook(own, ledger.db)).toMatchObject({ enabled: false, disabledBy: "gone" });
    expect((await logOf(own)).map(({ state }) => state).sort()).toEqual(["cancelled", "failed"]);
    await deliver();
    expect(receiver.received).toHaveLength(1);
    await expect(sendTest(own, ledger.db)).rejects.toThrow("The webhook is off");
    await setWebhookEnabled({ ...own, enabled: true }, ledger.db);
    await sendTest(own, ledger.db);
    await deliver();
    expect(receiver.received).toHaveLength(2);
  });

  test("given a slow receiver with many messages, another's message does not wait for it", async () => {
    receiver.answer("/slow", [-6_000]);
    const [slow, quick] = [await webhookTo("/slow"), await webhookTo("/quick")];
    for (let n = 0; n < 100; n += 1) await sendTest(slow.own, ledger.db);
    await sendTest(quick.own, ledger.db);
    const slowLog = async () =>
      (await listDeliveries({ ...slow.own, limit: 100 }, ledger.db)).items.filter(
        ({ attempts }) => attempts > 0,
      );
    const deliverer = rig.deliverer({ deadlineMs: 3_000 });
    await deliverer.pass();
    while ((await logOf(quick.own))[0]?.state === "pending") await sleep(10);
    expect(await logOf(quick.own)).toMatchObject([{ state: "delivered" }]);
    expect(await slowLog()).toMatchObject([{ attempts: 1, lastAttemptAtMs: null }]); // Still waiting, alone.
    await deliverer.idle();
    expect(await slowLog()).toMatchObject([
      { state: "pending", responseStatus: null, error: "no answer in time" },
    ]);
    expect(receiver.received.filter(({ url }) => url === "/slow")).toHaveLength(1);
  });
});

test("given many messages for a receiver that is well, they follow each other at once", async () => {
  const { own } = await webhookTo("/well");
  const sent: string[] = [];
  for (let n = 0; n < 30; n += 1) sent.push((await sendTest(own, ledger.db)).id);
  await deliver();
  expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set(sent));
  expect(receiver.received).toHaveLength(30);
});

describe("several servers", () => {
  test("given four at once, each of 40 messages is sent once", async () => {
    const owners = await Promise.all(Array.from({ length: 40 }, (_, n) => webhookTo(`/many/${n}`)));
    for (const { own } of owners) await sendTest(own, ledger.db);
    const deliverers = [1, 2, 3, 4].map(() => rig.deliverer());
    await Promise.all(deliverers.map((deliverer) => deliverer.pass()));
    await Promise.all(deliverers.map((deliverer) => deliverer.idle()));
    expect(receiver.received).toHaveLength(40);
    expect(new Set(receiver.received.map(({ url }) => url)).size).toBe(40);
  });

  test("given a server that died with a message, another sends it when the lease ends, and the dead one's word does not count", async () => {
    const { own } = await webhookTo("/lease");
    const { id } = await sendTest(own, ledger.db);
    const { rows } = await ledger.db.query("select claim_deliveries(1, 30000) as claimed");
    expect(rows).toHaveLength(1);
    await deliver();
    expect(receiver.received).toEqual([]); // Somebody has it.
    await ledger.db.query("update webhook_delivery set next_ms = clock_ms() - 1");
    await ledger.db.query("update webhook_endpoint set busy_until_ms = clock_ms() - 1");
    await deliver();
    expect(await logOf(own)).toMatchObject([{ state: "delivered", attempts: 2 }]);
    const late = { id, attempt: 1, endpointId: own.webhookId, status: 500, error: "late", tookMs: 1 };
    await ledger.db.query("select finish_delivery($1::jsonb)", [JSON.stringify(late)]);
    expect(await logOf(own)).toMatchObject([{ state: "delivered", attempts: 2, responseStatus: 204 }]);
  });
});
