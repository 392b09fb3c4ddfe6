import { dismissAlert } from "@/lib/alerts/dismiss-alert";
import { handle } from "@/lib/http/handle";
import { dismissAlertOperation } from "@/lib/http/operations/alert-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(dismissAlertOperation, ({ actor, params }) => dismissAlert({ actor, ...params })),
);
