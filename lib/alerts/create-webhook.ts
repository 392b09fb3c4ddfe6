import "server-only";
import { randomBytes } from "node:crypto";
import { nowMs } from "@/lib/clock";
import { pool, type Queryable } from "@/lib/db/pool";
import { env } from "@/lib/env";
import { refusalOf } from "@/lib/ledger/refusal-of";
import { type Operation, operation } from "@/lib/streams/operation";
import { checkWebhookUrl } from "./check-webhook-url";
import { getWebhook } from "./get-webhook";
import { newWebhookSecret, sealSecret } from "./webhook-secret";
import type { WebhookWithSecret } from "./webhook-view";

export const WEBHOOKS_MAX = 5;

/**
 * Adds a webhook for the actor's alerts. The answer has the secret that signs; nothing says it again, not even the answer to
 * the same idempotency key: there it is null.
 *
 * @throws ProblemError `invalid-input` (the URL), `too-many-webhooks`, `idempotency-conflict`
 */
export async function createWebhook(
  input: Operation & { url: string },
  db: Queryable = pool(),
): Promise<WebhookWithSecret> {
  const url = checkWebhookUrl(input.url, env.UPSTREAM_ALLOW);
  const webhookId = `whk_${nowMs().toString(16).padStart(12, "0")}${randomBytes(10).toString("hex")}`;
  const secret = newWebhookSecret();
  const sealed = sealSecret(secret, webhookId, env.SECRET_KEY).toString("hex");
  const asked = operation("create_webhook", input, { url });
  const made = await db
    .query<{ result: { webhookId: string } }>("select create_webhook($1::jsonb) as result", [
      JSON.stringify({ ...asked, webhookId, secret: sealed, max: WEBHOOKS_MAX }),
    ])
    .catch((error: unknown) => {
      throw refusalOf(error);
    });
  const id = made.rows[0]?.result.webhookId ?? webhookId;
  const view = await getWebhook({ actor: asked.actor, webhookId: id }, db);
  return { ...view, secret: id === webhookId ? secret : null };
}
