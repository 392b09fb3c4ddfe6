import { handle } from "@/lib/http/handle";
import { getRelayOperation } from "@/lib/http/operations/relay-operations";
import { serve } from "@/lib/http/serve";
import { getRelay } from "@/lib/streams/find-relay";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getRelayOperation, ({ params }) => getRelay(params.relayId)),
);
