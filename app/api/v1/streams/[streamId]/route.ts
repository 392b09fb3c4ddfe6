import { handle } from "@/lib/http/handle";
import { getStreamOperation } from "@/lib/http/operations/stream-operations";
import { serve } from "@/lib/http/serve";
import { streamJson } from "@/lib/http/stream-json";
import { getStream } from "@/lib/streams/get-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getStreamOperation, async ({ actor, params }) => streamJson(await getStream({ actor, ...params }))),
);
