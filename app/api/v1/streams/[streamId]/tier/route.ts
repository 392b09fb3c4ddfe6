import { handle } from "@/lib/http/handle";
import { changeStreamTierOperation } from "@/lib/http/operations/stream-change-operations";
import { serve } from "@/lib/http/serve";
import { streamJson } from "@/lib/http/stream-json";
import { changeStreamTier } from "@/lib/streams/change-stream-tier";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(changeStreamTierOperation, async ({ actor, once, params, body }) =>
    streamJson(await changeStreamTier({ actor, ...once, ...params, ...body })),
  ),
);
