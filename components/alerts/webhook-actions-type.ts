import type { DeliveryView } from "@/lib/alerts/webhook-deliveries";
import type { WebhookView, WebhookWithSecret } from "@/lib/alerts/webhook-view";
import type { ActionResult } from "@/lib/http/action";

type Send<Value> = (input: unknown) => Promise<ActionResult<Value>>;

/** The server actions that the page of alerts hands to its webhooks. */
export type WebhookActionSet = {
  create: Send<WebhookWithSecret>;
  rotate: Send<WebhookWithSecret>;
  setEnabled: Send<WebhookView>;
  remove: Send<{ deleted: true }>;
  test: Send<DeliveryView>;
  redeliver: Send<DeliveryView>;
};
