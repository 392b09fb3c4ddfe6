import { createHmac } from "node:crypto";
import { afterEach } from "vitest";
import { createWebhook } from "@/lib/alerts/create-webhook";
import { webhookDeliverer } from "@/lib/alerts/deliver-webhooks";
import type { OwnWebhook } from "@/lib/alerts/get-webhook";
import { listDeliveries } from "@/lib/alerts/webhook-deliveries";
import { someAddress } from "./ledger-fixtures";
import type { ledgerForFile } from "./ledger-for-file";
import { testEnvironment } from "./test-environment";
import type { Received, webhookReceiver } from "./webhook-receiver";

/** Webhooks of a test file that its own receiver gets. After each test nothing waits to be sent. */
export function webhookRig(
  ledger: ReturnType<typeof ledgerForFile>,
  receiver: Awaited<ReturnType<typeof webhookReceiver>>,
) {
  afterEach(async () => {
    receiver.forget();
    await ledger.db.query("delete from webhook_delivery");
    await ledger.db.query(
      "update webhook_endpoint set deleted_ms = 1, secret = null where deleted_ms is null",
    );
  });
  const settings = {
    origin: "https://superstream.example",
    operatorKeys: [testEnvironment.SECRET_KEY],
    allowPrivate: receiver.allowed,
    deadlineMs: 5_000,
  };
  const deliverer = (change: Partial<typeof settings> = {}) =>
    webhookDeliverer({ ...settings, ...change }, ledger.db);
  return {
    /** A server that sends. `change` over what it is set to. */
    deliverer,
    /** Sends all that is due, and waits for the answers. */
    async deliver(change: Partial<typeof settings> = {}): Promise<void> {
      const one = deliverer(change);
      await one.pass();
      await one.idle();
    },
    /** A webhook to a path of the receiver, of an account that has no other. */
    async webhookTo(path: string): Promise<{ own: OwnWebhook; secret: string }> {
      const actor = someAddress();
      const webhook = await createWebhook({ actor, url: receiver.at(path) }, ledger.db);
      return { own: { actor, webhookId: webhook.id }, secret: webhook.secret ?? "" };
    },
    /** The ten newest lines of a webhook's log. */
    logOf: async (own: OwnWebhook) => (await listDeliveries({ ...own, limit: 10 }, ledger.db)).items,
    /** Lets the pause before the next attempt be over. */
    async passTime(deliveryId: string): Promise<void> {
      await ledger.db.query(
        "update webhook_delivery set next_ms = clock_ms() where id = $1 and next_ms is not null",
        [deliveryId],
      );
    },
  };
}

/** Checks a message as a receiver that knows only the scheme would. @param secret `whsec_…` */
export function isSignedBy({ headers, body }: Received, secret: string): boolean {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  const expected = createHmac("sha256", key).update(signed).digest("base64");
  return String(headers["webhook-signature"]).split(" ").includes(`v1,${expected}`);
}
