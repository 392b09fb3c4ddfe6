import { handle } from "@/lib/http/handle";
import { checkInvariantsOperation } from "@/lib/http/operations/operator-operations";
import { serve } from "@/lib/http/serve";
import { runInvariants } from "@/lib/ledger/run-invariants";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(checkInvariantsOperation, async () => {
    const violations = await runInvariants();
    return { healthy: violations.length === 0, violations };
  }),
);
