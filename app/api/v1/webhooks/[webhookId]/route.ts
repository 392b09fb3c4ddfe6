import { deleteWebhook, setWebhookEnabled } from "@/lib/alerts/change-webhook";
import { getWebhook } from "@/lib/alerts/get-webhook";
import { handle } from "@/lib/http/handle";
import {
  deleteWebhookOperation,
  getWebhookOperation,
  updateWebhookOperation,
} from "@/lib/http/operations/alert-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getWebhookOperation, ({ actor, params }) => getWebhook({ actor, ...params })),
  handle(updateWebhookOperation, ({ actor, params, body }) =>
    setWebhookEnabled({ actor, ...params, ...body }),
  ),
  handle(deleteWebhookOperation, ({ actor, params }) => deleteWebhook({ actor, ...params })),
);
