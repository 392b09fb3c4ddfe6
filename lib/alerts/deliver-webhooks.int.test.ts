import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

// The receiver's port is allowed before anything reads the environment.
const RECEIVER_PORT = vi.hoisted(() => {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  process.env.UPSTREAM_ALLOW = `127.0.0.1:${port},127.0.0.1:1`;
  return port;
});

import { createHmac } from "node:crypto";
import { openStream } from "@/lib/streams/open-stream";
import { topUpStream } from "@/lib/streams/top-up-stream";
import { fundedAddress, listProvider, someAddress, TOKEN } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import { deleteWebhook, rotateWebhookSecret, setWebhookEnabled } from "./change-webhook";
import { createWebhook } from "./create-webhook";
import { webhookDeliverer } from "./deliver-webhooks";
import { getWebhook, listWebhooks } from "./get-webhook";
import { listAlerts } from "./list-alerts";
import { sweepAlerts } from "./sweep-alerts";
import { listDeliveries, redeliver, sendTest } from "./webhook-deliveries";

// A delivery                 → log
//   2xx                      → delivered
//   500, redirect, nobody    → tried again after 5 s, 30 s, 2 min, 10 min, 1 h, then failed; each time the same id and body
//   410                      → failed, and the webhook is off
//   no answer in time        → tried again; the others went on meanwhile
//   its server died          → claimed again when the lease ends; the dead server's word no longer counts
//   topped up before sent    → not sent
const ledger = ledgerForFile(8);
const settings = {
  origin: "https://superstream.example",
  operatorKeys: ["tests-only-secret-key-of-at-least-32-bytes"],
  allowPrivate: [`127.0.0.1:${RECEIVER_PORT}`, "127.0.0.1:1"],
  deadlineMs: 5_000,
};

type Received = { url: string; headers: Record<string, string | string[] | undefined>; body: string };
let server: Server;
let received: Received[];
/** What the receiver answers, by path. A number of ms below 0: never within the deadline. */
let answers: Map<string, number[]>;

beforeEach(async () => {
  received = [];
  answers = new Map();
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = request.url ?? "";
    received.push({ url, headers: request.headers, body: Buffer.concat(chunks).toString() });
    const next = answers.get(url)?.shift() ?? 204;
    if (next < 0) await sleep(-next);
    response
      .writeHead(next < 0 ? 204 : next, next === 302 ? { Location: "http://169.254.169.254/" } : {})
      .end();
  });
  await new Promise<void>((resolve) => server.listen(RECEIVER_PORT, "127.0.0.1", resolve));
  expect((server.address() as AddressInfo).port).toBe(RECEIVER_PORT);
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await ledger.db.query("delete from webhook_delivery");
  await ledger.db.query("update webhook_endpoint set deleted_ms = 1, secret = null where deleted_ms is null");
});

const at = (path: string) => `http://127.0.0.1:${RECEIVER_PORT}${path}`;

/** Sends all that is due, and waits for the answers. */
async function deliver(): Promise<void> {
  const deliverer = webhookDeliverer(settings, ledger.db);
  await deliverer.pass();
  await deliverer.idle();
}

async function webhookTo(path: string) {
  const actor = someAddress();
  const webhook = await createWebhook({ actor, url: at(path) }, ledger.db);
  return { own: { actor, webhookId: webhook.id }, secret: webhook.secret ?? "" };
}

const logOf = async (own: { actor: string; webhookId: string }) =>
  (await listDeliveries({ ...own, limit: 10 }, ledger.db)).items;

/** Lets the pause before the next attempt be over. */
async function passTime(deliveryId: string): Promise<void> {
  await ledger.db.query(
    "update webhook_delivery set next_ms = clock_ms() where id = $1 and next_ms is not null",
    [deliveryId],
  );
}

/** Checks a message as a receiver that knows only the scheme would. */
function isSignedBy({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const expected = createHmac("sha256", key).update(signed).digest("base64");
  return String(headers["webhook-signature"]).split(" ").includes(`v1,${expected}`);
}

describe("an attempt", () => {
  test("given a receiver that answers 204, a test message arrives signed, once, and is logged as delivered", async () => {
    const { own, secret } = await webhookTo("/ok");
    const sent = await sendTest(own, ledger.db);
    await deliver();
    await deliver();
    expect(received).toHaveLength(1);
    const [message] = received as [Received];
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
    answers.set("/flaky", [500, 200]);
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
    expect(received).toHaveLength(1);
    await passTime(id);
    await deliver();
    expect(await logOf(own)).toMatchObject([{ state: "delivered", attempts: 2, responseStatus: 200 }]);
    expect(received.map(({ headers }) => headers["webhook-id"])).toEqual([id, id]);
    expect(received[0]?.body).toBe(received[1]?.body);
  });

  test("given a receiver that is never well, the pauses grow, and the sixth attempt is the last until somebody asks", async () => {
    answers.set("/ill", [500, 503, 302, 500, 404, 500]);
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
    expect(received).toHaveLength(6);

    await redeliver({ ...own, deliveryId: id }, ledger.db);
    await deliver();
    expect(await logOf(own)).toMatchObject([{ id, state: "delivered", attempts: 7 }]);
  });

  test("given nobody listens, it says so and tries again", async () => {
    const actor = someAddress();
    const { id: webhookId } = await createWebhook({ actor, url: "http://127.0.0.1:1/down" }, ledger.db);
    await sendTest({ actor, webhookId }, ledger.db);
    await deliver();
    expect(await logOf({ actor, webhookId })).toMatchObject([
      { state: "pending", responseStatus: null, error: "no connection" },
    ]);
  });

  test("given an address that is no longer allowed, nothing is dialled", async () => {
    const { own } = await webhookTo("/was-allowed");
    await sendTest(own, ledger.db);
    const deliverer = webhookDeliverer({ ...settings, allowPrivate: [] }, ledger.db);
    await deliverer.pass();
    await deliverer.idle();
    expect(await logOf(own)).toMatchObject([{ state: "pending", error: "the address is not allowed" }]);
    expect(received).toEqual([]);
  });

  test("given 410, the webhook is off, and what waits is not sent", async () => {
    answers.set("/gone", [410]);
    const { own } = await webhookTo("/gone");
    await sendTest(own, ledger.db);
    await sendTest(own, ledger.db);
    await deliver();
    expect(await getWebhook(own, ledger.db)).toMatchObject({ enabled: false, disabledBy: "gone" });
    expect((await logOf(own)).map(({ state }) => state).sort()).toEqual(["cancelled", "failed"]);
    await deliver();
    expect(received).toHaveLength(1);
    await expect(sendTest(own, ledger.db)).rejects.toThrow("The webhook is off");
    await setWebhookEnabled({ ...own, enabled: true }, ledger.db);
    await sendTest(own, ledger.db);
    await deliver();
    expect(received).toHaveLength(2);
  });

  test("given a slow receiver with many messages, another's message does not wait for it", async () => {
    answers.set("/slow", [-6_000]);
    const [slow, quick] = [await webhookTo("/slow"), await webhookTo("/quick")];
    for (let n = 0; n < 100; n += 1) await sendTest(slow.own, ledger.db);
    await sendTest(quick.own, ledger.db);
    const slowLog = async () =>
      (await listDeliveries({ ...slow.own, limit: 100 }, ledger.db)).items.filter(
        ({ attempts }) => attempts > 0,
      );
    const deliverer = webhookDeliverer({ ...settings, deadlineMs: 3_000 }, ledger.db);
    await deliverer.pass();
    while ((await logOf(quick.own))[0]?.state === "pending") await sleep(10);
    expect(await logOf(quick.own)).toMatchObject([{ state: "delivered" }]);
    expect(await slowLog()).toMatchObject([{ attempts: 1, lastAttemptAtMs: null }]); // Still waiting, alone.
    await deliverer.idle();
    expect(await slowLog()).toMatchObject([
      { state: "pending", responseStatus: null, error: "no answer in time" },
    ]);
    expect(received.filter(({ url }) => url === "/slow")).toHaveLength(1);
  });
});

test("given many messages for a receiver that is well, they follow each other at once", async () => {
  const { own } = await webhookTo("/well");
  const sent: string[] = [];
  for (let n = 0; n < 30; n += 1) sent.push((await sendTest(own, ledger.db)).id);
  await deliver();
  expect(new Set(received.map(({ headers }) => headers["webhook-id"]))).toEqual(new Set(sent));
  expect(received).toHaveLength(30);
});

describe("several servers", () => {
  test("given four at once, each of 40 messages is sent once", async () => {
    const owners = await Promise.all(Array.from({ length: 40 }, (_, n) => webhookTo(`/many/${n}`)));
    for (const { own } of owners) await sendTest(own, ledger.db);
    const deliverers = [1, 2, 3, 4].map(() => webhookDeliverer(settings, ledger.db));
    await Promise.all(deliverers.map((deliverer) => deliverer.pass()));
    await Promise.all(deliverers.map((deliverer) => deliverer.idle()));
    expect(received).toHaveLength(40);
    expect(new Set(received.map(({ url }) => url)).size).toBe(40);
  });

  test("given a server that died with a message, another sends it when the lease ends, and the dead one's word does not count", async () => {
    const { own } = await webhookTo("/lease");
    const { id } = await sendTest(own, ledger.db);
    const { rows } = await ledger.db.query("select claim_deliveries(1, 30000) as claimed");
    expect(rows).toHaveLength(1);
    await deliver();
    expect(received).toEqual([]); // Somebody has it.
    await ledger.db.query("update webhook_delivery set next_ms = clock_ms() - 1");
    await ledger.db.query("update webhook_endpoint set busy_until_ms = clock_ms() - 1");
    await deliver();
    expect(await logOf(own)).toMatchObject([{ state: "delivered", attempts: 2 }]);
    const late = { id, attempt: 1, endpointId: own.webhookId, status: 500, error: "late", tookMs: 1 };
    await ledger.db.query("select finish_delivery($1::jsonb)", [JSON.stringify(late)]);
    expect(await logOf(own)).toMatchObject([{ state: "delivered", attempts: 2, responseStatus: 204 }]);
  });
});

describe("secrets", () => {
  test("given a rotation, both secrets sign for a day, then only the new one", async () => {
    const { own, secret: before } = await webhookTo("/rotated");
    const { secret: now } = await rotateWebhookSecret(own, ledger.db);
    await sendTest(own, ledger.db);
    await deliver();
    expect([before, now ?? ""].map((secret) => isSignedBy(received[0] as Received, secret))).toEqual([
      true,
      true,
    ]);
    await ledger.db.query("update webhook_endpoint set previous_until_ms = clock_ms() where id = $1", [
      own.webhookId,
    ]);
    await sendTest(own, ledger.db);
    await deliver();
    expect([before, now ?? ""].map((secret) => isSignedBy(received[1] as Received, secret))).toEqual([
      false,
      true,
    ]);
  });

  test("given the same idempotency key, there is one webhook, and its secret is not said again", async () => {
    const actor = someAddress();
    const ask = () => createWebhook({ actor, idempotencyKey: "once", url: at("/once") }, ledger.db);
    const [first, again] = [await ask(), await ask()];
    expect(again).toEqual({ ...first, secret: null });
    expect(await listWebhooks({ actor }, ledger.db)).toHaveLength(1);
    const { rows } = await ledger.db.query(
      "select row_to_json(i)::text as line from idempotency i where actor = $1",
      [actor],
    );
    expect(rows[0].line).not.toContain("whsec_");
  });

  test("given five webhooks, a sixth is refused, also of several at once", async () => {
    const actor = someAddress();
    const asked = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => createWebhook({ actor, url: at(`/five/${n}`) }, ledger.db)),
    );
    expect(asked.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
    const refusal = asked.find((result) => result.status === "rejected");
    expect(refusal?.reason).toMatchObject({
      code: "too-many-webhooks",
      options: { extensions: { maximum: 5 } },
    });
  });

  test("given a deleted webhook, it is gone with its secret, nothing is sent, and there is room for another", async () => {
    const { own } = await webhookTo("/deleted");
    await sendTest(own, ledger.db);
    await deleteWebhook(own, ledger.db);
    await deliver();
    expect(received).toEqual([]);
    await expect(getWebhook(own, ledger.db)).rejects.toThrow("Webhook not found");
    const { rows } = await ledger.db.query(
      "select secret, previous_secret from webhook_endpoint where id = $1",
      [own.webhookId],
    );
    expect(rows).toEqual([{ secret: null, previous_secret: null }]);
  });

  test("given the webhook of somebody else, every operation gives the answer of one that never was", async () => {
    const { own } = await webhookTo("/mine");
    const theirs = { ...own, actor: someAddress() };
    for (const attempt of [
      () => getWebhook(theirs, ledger.db),
      () => setWebhookEnabled({ ...theirs, enabled: false }, ledger.db),
      () => rotateWebhookSecret(theirs, ledger.db),
      () => deleteWebhook(theirs, ledger.db),
      () => sendTest(theirs, ledger.db),
      () => listDeliveries({ ...theirs, limit: 1 }, ledger.db),
    ])
      await expect(attempt()).rejects.toMatchObject({
        code: "webhook-not-found",
        message: "Webhook not found.",
      });
  });
});

describe("an alert by webhook", () => {
  /** A stream with `ms` of runway on the real clock, at 10 tokens a day, whose thresholds nobody has looked at yet. */
  async function streamOf(actor: string, ms: bigint): Promise<string> {
    const { id: providerId } = await listProvider(ledger.db, { depositMs: 60_000n });
    const deposit = (10n * TOKEN * ms + 86_399_999n) / 86_400_000n;
    const { id } = await openStream({ actor, providerId, tier: "professional", deposit }, ledger.db);
    await ledger.db.query("delete from alert where stream_id = $1", [id]);
    return id;
  }
  const lookBack = () => ledger.db.query("update alert_scan set scanned_ms = clock_ms() - 3600000");

  test("given a threshold is passed, each enabled webhook of the sender gets it, with what keeps the stream running", async () => {
    const actor = await fundedAddress(ledger.db, 10n * TOKEN);
    const streamId = await streamOf(actor, 540_000n);
    for (const path of ["/a", "/b"]) await createWebhook({ actor, url: at(path) }, ledger.db);
    const off = await createWebhook({ actor, url: at("/off") }, ledger.db);
    await setWebhookEnabled({ actor, webhookId: off.id, enabled: false }, ledger.db);
    await webhookTo("/stranger");
    await lookBack();
    await sweepAlerts({ limit: 100 }, ledger.db);
    await deliver();
    expect(received.map(({ url }) => url).sort()).toEqual(["/a", "/b"]);
    const body = JSON.parse(received[0]?.body ?? "");
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
    const { id: webhookId } = await createWebhook({ actor, url: at("/late") }, ledger.db);
    await lookBack();
    await sweepAlerts({ limit: 100 }, ledger.db);
    await topUpStream({ actor, streamId, amount: 5n * TOKEN }, ledger.db);
    await deliver();
    expect(received).toEqual([]);
    const [line] = await logOf({ actor, webhookId });
    expect(line).toMatchObject({ state: "cancelled", error: "no longer true", attempts: 0 });
    await redeliver({ actor, webhookId, deliveryId: line?.id ?? "" }, ledger.db);
    await deliver();
    expect(await logOf({ actor, webhookId })).toMatchObject([{ state: "delivered", attempts: 1 }]);
  });

  test("given four sweeps at once, each of 30 streams gets one alert and one message", async () => {
    const actor = await fundedAddress(ledger.db, 100n * TOKEN);
    await createWebhook({ actor, url: at("/swept") }, ledger.db);
    for (let n = 0; n < 30; n += 1) await streamOf(actor, 540_000n);
    await lookBack();
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
});
