import { listAlerts } from "@/lib/alerts/list-alerts";
import { handle } from "@/lib/http/handle";
import { listAlertsOperation } from "@/lib/http/operations/alert-operations";
import { serve } from "@/lib/http/serve";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listAlertsOperation, ({ actor, query: { state, cursor, limit = 20 } }) =>
    listAlerts({ actor, live: state === "live", cursor, limit }),
  ),
);
