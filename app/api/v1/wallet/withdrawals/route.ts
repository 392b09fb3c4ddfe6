import { handle } from "@/lib/http/handle";
import { listWithdrawalsOperation } from "@/lib/http/operations/withdrawal-operations";
import { serve } from "@/lib/http/serve";
import { listWithdrawals } from "@/lib/mpp/withdrawals/find-withdrawal";
import { findWithdrawable } from "@/lib/mpp/withdrawals/read-withdrawable";

const PAGE_SIZE = 20;

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listWithdrawalsOperation, async ({ actor, query }) => ({
    withdrawable: await findWithdrawable(actor),
    items: await listWithdrawals({ payee: actor, limit: query.limit ?? PAGE_SIZE }),
  })),
);
