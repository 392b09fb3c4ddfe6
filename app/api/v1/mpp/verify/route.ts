import { handle } from "@/lib/http/handle";
import { verifyPaymentOperation } from "@/lib/http/operations/payment-operations";
import { serve } from "@/lib/http/serve";
import { verifyPayment } from "@/lib/mpp/verify-payment";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(verifyPaymentOperation, ({ actor, body: { path: asked, ...body } }) => {
    const at = asked.indexOf("?");
    const [path, search] = at === -1 ? [asked, ""] : [asked.slice(0, at), asked.slice(at)];
    return verifyPayment({ ...body, actor, path, search });
  }),
);
