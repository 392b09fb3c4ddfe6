import { rotateWebhookSecret } from "@/lib/alerts/change-webhook";
import { handle } from "@/lib/http/handle";
import { rotateWebhookSecretOperation } from "@/lib/http/operations/alert-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(rotateWebhookSecretOperation, ({ actor, params }) => rotateWebhookSecret({ actor, ...params })),
);
