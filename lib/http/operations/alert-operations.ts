import { z } from "zod";
import { defineOperation } from "../define-operation";
import { alertId, amountOutput, assetOutput, cursor, deliveryId, limit, pageOf, webhookId } from "../schemas";

const alertOutput = z
  .strictObject({
    id: z.string(),
    state: z.enum(["live", "dismissed", "resolved"]),
    streamId: z.string(),
    provider: z.strictObject({ id: z.string(), name: z.string() }),
    asset: assetOutput,
    rate: z.strictObject({ amount: amountOutput, periodMs: z.int() }),
    thresholdMs: z.int(),
    raisedAtMs: z.int(),
    runwayMs: z.int(),
    depletesAtMs: z.int(),
    remaining: amountOutput,
    autoTopUpObstacle: z.string().nullable(),
    suggestedTopUp: amountOutput,
    now: z.strictObject({
      streamStatus: z.string(),
      runwayMs: z.int(),
      depletesAtMs: z.int().nullable(),
      graceUntilMs: z.int().nullable(),
    }),
    serverNowMs: z.int(),
  })
  .meta({ id: "Alert" });

const webhookFields = z.strictObject({
  id: z.string(),
  url: z.string(),
  enabled: z.boolean(),
  disabledBy: z.enum(["owner", "gone"]).nullable(),
  createdAtMs: z.int(),
  previousSecretUntilMs: z.int().nullable(),
});
const webhookOutput = webhookFields.meta({ id: "Webhook" });
const webhookWithSecret = webhookFields
  .extend({
    secret: z.string().nullable().meta({
      description:
        "`whsec_…`, said once. Null in a repeated answer to the same Idempotency-Key: rotate to get one.",
    }),
  })
  .meta({ id: "WebhookWithSecret" });

const deliveryOutput = z
  .strictObject({
    id: z.string(),
    type: z.string(),
    state: z.enum(["pending", "delivered", "failed", "cancelled"]),
    attempts: z.int(),
    createdAtMs: z.int(),
    lastAttemptAtMs: z.int().nullable(),
    nextAttemptAtMs: z.int().nullable(),
    responseStatus: z.int().nullable(),
    error: z.string().nullable(),
    tookMs: z.int().nullable(),
  })
  .meta({ id: "WebhookDelivery" });

const account = { tag: "alerts", auth: "account" } as const;
const oneWebhook = {
  ...account,
  params: z.strictObject({ webhookId }),
  notFound: "webhook-not-found",
} as const;

export const listAlertsOperation = defineOperation({
  ...account,
  id: "listAlerts",
  method: "GET",
  path: "/api/v1/alerts",
  summary: "Alerts of streams that you pay and that came near their end: 4 h, 1 h and 10 min before",
  query: z.strictObject({
    state: z.enum(["live", "all"]).optional(),
    cursor: cursor.optional(),
    limit: limit.optional(),
  }),
  output: pageOf(alertOutput),
});

export const dismissAlertOperation = defineOperation({
  ...account,
  id: "dismissAlert",
  method: "POST",
  path: "/api/v1/alerts/{alertId}/dismiss",
  summary: "Put an alert away; a more urgent one of the same stream still comes",
  params: z.strictObject({ alertId }),
  notFound: "alert-not-found",
  output: alertOutput,
});

export const listWebhooksOperation = defineOperation({
  ...account,
  id: "listWebhooks",
  method: "GET",
  path: "/api/v1/webhooks",
  summary: "Where your alerts are sent",
  output: z.strictObject({ items: z.array(webhookOutput) }),
});

export const createWebhookOperation = defineOperation({
  ...account,
  id: "createWebhook",
  method: "POST",
  path: "/api/v1/webhooks",
  summary: "Send your alerts to a URL, signed by the Standard Webhooks scheme; the secret is said once",
  keyed: true,
  status: 201,
  body: z.strictObject({
    url: z.string().min(1).max(2_000).meta({ description: "Public https on port 443, without a query." }),
  }),
  output: webhookWithSecret,
  problems: ["too-many-webhooks", "idempotency-conflict", "request-in-progress"],
});

export const getWebhookOperation = defineOperation({
  ...oneWebhook,
  id: "getWebhook",
  method: "GET",
  path: "/api/v1/webhooks/{webhookId}",
  summary: "One of your webhooks",
  output: webhookOutput,
});

export const updateWebhookOperation = defineOperation({
  ...oneWebhook,
  id: "updateWebhook",
  method: "PUT",
  path: "/api/v1/webhooks/{webhookId}",
  summary: "Turn a webhook on or off; what waits when it is turned off is not sent later",
  body: z.strictObject({ enabled: z.boolean() }),
  output: webhookOutput,
});

export const deleteWebhookOperation = defineOperation({
  ...oneWebhook,
  id: "deleteWebhook",
  method: "DELETE",
  path: "/api/v1/webhooks/{webhookId}",
  summary: "Delete a webhook and its secret",
  output: z.strictObject({ deleted: z.literal(true) }),
});

export const rotateWebhookSecretOperation = defineOperation({
  ...oneWebhook,
  id: "rotateWebhookSecret",
  method: "POST",
  path: "/api/v1/webhooks/{webhookId}/rotate",
  summary: "A new secret, said once; the one before signs as well for 24 hours",
  output: webhookWithSecret,
});

export const testWebhookOperation = defineOperation({
  ...oneWebhook,
  id: "testWebhook",
  method: "POST",
  path: "/api/v1/webhooks/{webhookId}/test",
  summary: "Send a `webhook.test` message the way alerts go",
  status: 201,
  output: deliveryOutput,
  problems: ["webhook-off"],
});

export const listWebhookDeliveriesOperation = defineOperation({
  ...oneWebhook,
  id: "listWebhookDeliveries",
  method: "GET",
  path: "/api/v1/webhooks/{webhookId}/deliveries",
  summary: "What was sent in the last 30 days, and how it went",
  query: z.strictObject({ cursor: cursor.optional(), limit: limit.optional() }),
  output: pageOf(deliveryOutput),
});

export const redeliverWebhookOperation = defineOperation({
  ...oneWebhook,
  id: "redeliverWebhook",
  method: "POST",
  path: "/api/v1/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver",
  summary: "Send a message once more, under its own id",
  params: z.strictObject({ webhookId, deliveryId }),
  output: deliveryOutput,
  problems: ["webhook-off", "delivery-not-found"],
});
