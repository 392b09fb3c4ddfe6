import { redeliver } from "@/lib/alerts/webhook-deliveries";
import { handle } from "@/lib/http/handle";
import { redeliverWebhookOperation } from "@/lib/http/operations/alert-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(redeliverWebhookOperation, ({ actor, params }) => redeliver({ actor, ...params })),
);
