import { handle } from "@/lib/http/handle";
import { planStreamOperation } from "@/lib/http/operations/stream-plan-operations";
import { serve } from "@/lib/http/serve";
import { planStream } from "@/lib/streams/plan-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(planStreamOperation, ({ body }) => planStream(body)),
);
