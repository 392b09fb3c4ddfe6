import { handle } from "@/lib/http/handle";
import { getPublicStreamOperation } from "@/lib/http/operations/stream-operations";
import { serve } from "@/lib/http/serve";
import { getPublicStream } from "@/lib/streams/get-public-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getPublicStreamOperation, ({ params }) => getPublicStream(params.streamId)),
);
