import { handle } from "@/lib/http/handle";
import { planCloseOperation } from "@/lib/http/operations/stream-plan-operations";
import { serve } from "@/lib/http/serve";
import { planClose } from "@/lib/streams/plan-close";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(planCloseOperation, async ({ actor, body }) => ({ calls: await planClose({ actor, ...body }) })),
);
