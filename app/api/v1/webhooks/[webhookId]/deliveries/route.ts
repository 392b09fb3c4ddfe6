import { listDeliveries } from "@/lib/alerts/webhook-deliveries";
import { handle } from "@/lib/http/handle";
import { listWebhookDeliveriesOperation } from "@/lib/http/operations/alert-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listWebhookDeliveriesOperation, ({ actor, params, query: { cursor, limit = 20 } }) =>
    listDeliveries({ actor, ...params, cursor, limit }),
  ),
);
