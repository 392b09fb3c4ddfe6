import { handle } from "@/lib/http/handle";
import { completePaymentOperation } from "@/lib/http/operations/payment-operations";
import { serve } from "@/lib/http/serve";
import { completeDirectCall } from "@/lib/mpp/complete-direct-call";
import type { Receipt } from "@/lib/mpp/receipt";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(completePaymentOperation, ({ actor, body }) =>
    // It came from JSON, and our own signature decides what of it is believed.
    completeDirectCall({ ...body, actor, receipt: body.receipt as Receipt | null }),
  ),
);
