import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";
import { selectWebhooks, type WebhookRow, type WebhookView, webhookView } from "./webhook-view";

export type OwnWebhook = { actor: string; webhookId: string };

/** @throws ProblemError `webhook-not-found`, the same for a webhook of somebody else and a deleted one */
export async function getWebhook(
  { actor, webhookId }: OwnWebhook,
  db: Queryable = pool(),
): Promise<WebhookView> {
  const { rows } = await db.query<WebhookRow>(
    `${selectWebhooks} where id = $1 and account = $2 and deleted_ms is null`,
    [webhookId, actor.toLowerCase()],
  );
  if (!rows[0]) throw webhookNotFound();
  return webhookView(rows[0]);
}

/** The actor's webhooks, the oldest first. There are at most five. */
export async function listWebhooks(
  { actor }: { actor: string },
  db: Queryable = pool(),
): Promise<WebhookView[]> {
  const { rows } = await db.query<WebhookRow>(
    `${selectWebhooks} where account = $1 and deleted_ms is null order by created_ms, id`,
    [actor.toLowerCase()],
  );
  return rows.map(webhookView);
}

export function webhookNotFound(): ProblemError {
  return new ProblemError("webhook-not-found", "Webhook not found.");
}
