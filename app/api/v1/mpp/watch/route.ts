import { handle } from "@/lib/http/handle";
import { watchPaymentsOperation } from "@/lib/http/operations/payment-operations";
import { serve } from "@/lib/http/serve";
import { watchCalls } from "@/lib/mpp/watch-calls";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(watchPaymentsOperation, async ({ actor, body }) => ({
    items: await watchCalls(actor, body.requestIds),
  })),
);
