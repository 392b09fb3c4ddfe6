import { handle } from "@/lib/http/handle";
import { pauseStreamOperation } from "@/lib/http/operations/stream-change-operations";
import { serve } from "@/lib/http/serve";
import { streamJson } from "@/lib/http/stream-json";
import { pauseStream } from "@/lib/streams/pause-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(pauseStreamOperation, async ({ actor, once, params }) =>
    streamJson(await pauseStream({ actor, ...once, ...params })),
  ),
);
