import { handle } from "@/lib/http/handle";
import { closeStreamOperation } from "@/lib/http/operations/stream-change-operations";
import { serve } from "@/lib/http/serve";
import { streamJson } from "@/lib/http/stream-json";
import { closeStream } from "@/lib/streams/close-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(closeStreamOperation, async ({ actor, once, params }) => {
    const { stream, ...settlement } = await closeStream({ actor, ...once, ...params });
    return { ...settlement, stream: streamJson(stream) };
  }),
);
