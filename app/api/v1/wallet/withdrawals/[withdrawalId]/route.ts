import { handle } from "@/lib/http/handle";
import { getWithdrawalOperation } from "@/lib/http/operations/withdrawal-operations";
import { serve } from "@/lib/http/serve";
import { getWithdrawal } from "@/lib/mpp/withdrawals/find-withdrawal";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getWithdrawalOperation, ({ actor, params }) =>
    getWithdrawal({ payee: actor, id: params.withdrawalId }),
  ),
);
