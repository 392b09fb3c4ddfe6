import { createWebhook } from "@/lib/alerts/create-webhook";
import { listWebhooks } from "@/lib/alerts/get-webhook";
import { handle } from "@/lib/http/handle";
import { createWebhookOperation, listWebhooksOperation } from "@/lib/http/operations/alert-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listWebhooksOperation, async ({ actor }) => ({ items: await listWebhooks({ actor }) })),
  handle(createWebhookOperation, ({ actor, once, body }) => createWebhook({ actor, ...once, ...body })),
);
