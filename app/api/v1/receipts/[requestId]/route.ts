import { handle } from "@/lib/http/handle";
import { getReceiptOperation } from "@/lib/http/operations/account-operations";
import { serve } from "@/lib/http/serve";
import { getReceipt } from "@/lib/mpp/get-receipt";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getReceiptOperation, ({ params }) => getReceipt(params.requestId)),
);
