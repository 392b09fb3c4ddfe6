import { handle } from "@/lib/http/handle";
import { findCheapestProviderOperation } from "@/lib/http/operations/market-operations";
import { serve } from "@/lib/http/serve";
import { findCheapest } from "@/lib/market/find-cheapest";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(findCheapestProviderOperation, async ({ query }) => ({ provider: await findCheapest(query) })),
);
