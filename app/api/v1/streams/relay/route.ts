import { handle } from "@/lib/http/handle";
import { relayOpeningOperation } from "@/lib/http/operations/relay-operations";
import { serve } from "@/lib/http/serve";
import { relayOpening } from "@/lib/streams/relay-opening";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(relayOpeningOperation, ({ body }) => relayOpening(body)),
);
