import { handle } from "@/lib/http/handle";
import { revokeDelegationOperation } from "@/lib/http/operations/delegation-operations";
import { serve } from "@/lib/http/serve";
import { revokeDelegation } from "@/lib/streams/delegations";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(revokeDelegationOperation, ({ actor, body }) => revokeDelegation({ actor, ...body })),
);
