import { handle } from "@/lib/http/handle";
import { findCheapestProviderOperation } from "@/lib/http/operations/market-operations";
import { serve } from "@/lib/http/serve";
import { findCheapest } from "@/lib/market/find-cheapest";
import { withHealth } from "@/lib/market/provider-health-api";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(findCheapestProviderOperation, async ({ query: { healthy, ...wanted } }) => {
    const found = await findCheapest({ ...wanted, healthy: healthy === "true" });
    const [provider = null] = await withHealth(found ? [found] : []);
    return { provider };
  }),
);
