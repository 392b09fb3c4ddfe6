import { handle } from "@/lib/http/handle";
import { collectStreamOperation } from "@/lib/http/operations/stream-change-operations";
import { serve } from "@/lib/http/serve";
import { streamJson } from "@/lib/http/stream-json";
import { collectStream } from "@/lib/streams/collect-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(collectStreamOperation, async ({ actor, once, params }) =>
    streamJson(await collectStream({ actor, ...once, ...params })),
  ),
);
