import { sendTest } from "@/lib/alerts/webhook-deliveries";
import { handle } from "@/lib/http/handle";
import { testWebhookOperation } from "@/lib/http/operations/alert-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(testWebhookOperation, ({ actor, params }) => sendTest({ actor, ...params })),
);
