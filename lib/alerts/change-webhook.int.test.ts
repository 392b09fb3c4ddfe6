import { expect, test, vi } from "vitest";

// The receiver is allowed before anything reads the environment.
const receiver = await vi.hoisted(async () =>
  (await import("@/lib/testing/webhook-receiver")).webhookReceiver(),
);

import { someAddress } from "@/lib/testing/ledger-fixtures";
import { ledgerForFile } from "@/lib/testing/ledger-for-file";
import type { Received } from "@/lib/testing/webhook-receiver";
import { isSignedBy, webhookRig } from "@/lib/testing/webhook-rig";
import { deleteWebhook, rotateWebhookSecret, setWebhookEnabled } from "./change-webhook";
import { createWebhook } from "./create-webhook";
import { getWebhook, listWebhooks } from "./get-webhook";
import { listDeliveries, sendTest } from "./webhook-deliveries";

const ledger = ledgerForFile(8);
const { deliver, webhookTo } = webhookRig(ledger, receiver);

test("given a rotation, both secrets sign for a day, then only the new one", async () => {
  const { own, secret: before } = await webhookTo("/rotated");
  const { secret: now } = await rotateWebhookSecret(own, ledger.db);
  await sendTest(own, ledger.db);
  await deliver();
  expect([before, now ?? ""].map((secret) => isSignedBy(receiver.received[0] as Received, secret))).toEqual([
    true,
    true,
  ]);
  await ledger.db.query("update webhook_endpoint set previous_until_ms = clock_ms() where id = $1", [
    own.webhookId,
  ]);
  await sendTest(own, ledger.db);
  await deliver();
  expect([before, now ?? ""].map((secret) => isSignedBy(receiver.received[1] as Received, secret))).toEqual([
    false,
    true,
  ]);
});

test("given the same idempotency key, there is one webhook, and its secret is not said again", async () => {
  const actor = someAddress();
  const ask = () => createWebhook({ actor, idempotencyKey: "once", url: receiver.at("/once") }, ledger.db);
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
    Array.from({ length: 8 }, (_, n) => createWebhook({ actor, url: receiver.at(`/five/${n}`) }, ledger.db)),
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
  expect(receiver.received).toEqual([]);
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
