import { handle } from "@/lib/http/handle";
import { getStreamConservationOperation } from "@/lib/http/operations/stream-operations";
import { serve } from "@/lib/http/serve";
import { streamConservation } from "@/lib/ledger/stream-conservation";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getStreamConservationOperation, ({ actor, params }) => streamConservation({ actor, ...params })),
);
