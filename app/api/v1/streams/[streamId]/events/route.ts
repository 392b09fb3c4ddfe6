import { handle } from "@/lib/http/handle";
import { listStreamEventsOperation } from "@/lib/http/operations/stream-operations";
import { serve } from "@/lib/http/serve";
import { listStreamEvents } from "@/lib/streams/list-stream-events";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listStreamEventsOperation, ({ actor, params, query: { limit = 50, ...page } }) =>
    listStreamEvents({ actor, ...params, ...page, limit }),
  ),
);
