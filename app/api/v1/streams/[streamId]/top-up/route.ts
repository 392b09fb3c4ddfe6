import { handle } from "@/lib/http/handle";
import { topUpStreamOperation } from "@/lib/http/operations/stream-change-operations";
import { serve } from "@/lib/http/serve";
import { streamJson } from "@/lib/http/stream-json";
import { topUpStream } from "@/lib/streams/top-up-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(topUpStreamOperation, async ({ actor, once, params, body }) =>
    streamJson(await topUpStream({ actor, ...once, ...params, ...body })),
  ),
);
