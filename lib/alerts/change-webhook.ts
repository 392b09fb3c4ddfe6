import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { getWebhook, type OwnWebhook, webhookNotFound } from "./get-webhook";
import { newWebhookSecret, sealSecret } from "./webhook-secret";
import type { WebhookView, WebhookWithSecret } from "./webhook-view";

/** How long (ms) the secret before a rotation still signs beside the new one. */
const ROTATION_MS = 86_400_000n;

/** Turns a webhook of the actor's on, or off: what waits to be sent is then not sent. @throws ProblemError `webhook-not-found` */
export async function setWebhookEnabled(
  { enabled, ...own }: OwnWebhook & { enabled: boolean },
  db: Queryable = pool(),
): Promise<WebhookView> {
  await getWebhook(own, db);
  if (enabled)
    await db.query("update webhook_endpoint set enabled = true, disabled_by = null where id = $1", [
      own.webhookId,
    ]);
  else await db.query("select stop_webhook($1, 'owner')", [own.webhookId]);
  return getWebhook(own, db);
}

/** Gives it a new secret, said once. The one before signs as well for a day. @throws ProblemError `webhook-not-found` */
export async function rotateWebhookSecret(
  own: OwnWebhook,
  db: Queryable = pool(),
): Promise<WebhookWithSecret> {
  const secret = newWebhookSecret();
  const { rowCount } = await db.query(
    `update webhook_endpoint set previous_secret = secret, previous_until_ms = clock_ms() + $4, secret = $3
     where id = $1 and account = $2 and deleted_ms is null`,
    [
      own.webhookId,
      own.actor.toLowerCase(),
      sealSecret(secret, own.webhookId, env.SECRET_KEY),
      ROTATION_MS.toString(),
    ],
  );
  if (rowCount !== 1) throw webhookNotFound();
  return { ...(await getWebhook(own, db)), secret };
}

/** Deletes it with its secrets; nothing is sent any more. Its log is forgotten after 30 days. @throws ProblemError `webhook-not-found` */
export async function deleteWebhook(own: OwnWebhook, db: Queryable = pool()): Promise<{ deleted: true }> {
  await getWebhook(own, db);
  await db.query("select stop_webhook($1, 'owner')", [own.webhookId]);
  await db.query(
    `update webhook_endpoint set deleted_ms = clock_ms(), secret = null, previous_secret = null, previous_until_ms = null where id = $1`,
    [own.webhookId],
  );
  return { deleted: true };
}
