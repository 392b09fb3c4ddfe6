import { handle } from "@/lib/http/handle";
import { listStatementOperation } from "@/lib/http/operations/account-operations";
import { serve } from "@/lib/http/serve";
import { listStatement } from "@/lib/ledger/list-statement";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listStatementOperation, ({ actor, query: { limit = 50, ...filter } }) =>
    listStatement({ actor, ...filter, limit }),
  ),
);
