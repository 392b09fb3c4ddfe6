import { handle } from "@/lib/http/handle";
import { collectStreamsOperation } from "@/lib/http/operations/stream-change-operations";
import { serve } from "@/lib/http/serve";
import { collectStreams } from "@/lib/streams/collect-streams";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(collectStreamsOperation, ({ actor, body }) => collectStreams({ actor, after: body.after })),
);
