import { handle } from "@/lib/http/handle";
import { openStreamOperation } from "@/lib/http/operations/stream-change-operations";
import { listStreamsOperation } from "@/lib/http/operations/stream-operations";
import { serve } from "@/lib/http/serve";
import { streamJson } from "@/lib/http/stream-json";
import { listStreams } from "@/lib/streams/list-streams";
import { openStream } from "@/lib/streams/open-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listStreamsOperation, async ({ actor, query: { limit = 20, ...filter } }) => {
    const { items, nextCursor } = await listStreams({ actor, limit, ...filter });
    return { items: items.map(streamJson), nextCursor };
  }),
  handle(openStreamOperation, async ({ actor, once, body }) =>
    streamJson(await openStream({ actor, ...once, ...body })),
  ),
);
