import { handle } from "@/lib/http/handle";
import { listDelegationsOperation } from "@/lib/http/operations/delegation-operations";
import { serve } from "@/lib/http/serve";
import { listDelegations } from "@/lib/streams/delegations";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listDelegationsOperation, async ({ actor }) => ({ items: await listDelegations({ actor }) })),
);
