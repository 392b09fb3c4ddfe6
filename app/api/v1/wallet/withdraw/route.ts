import { handle } from "@/lib/http/handle";
import { withdrawCreditOperation } from "@/lib/http/operations/withdrawal-operations";
import { serve } from "@/lib/http/serve";
import { withdrawCredit } from "@/lib/mpp/withdrawals/withdraw-credit";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(withdrawCreditOperation, ({ actor, once, body }) => withdrawCredit({ actor, ...once, ...body })),
);
