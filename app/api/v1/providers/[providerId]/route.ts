import { handle } from "@/lib/http/handle";
import { getProviderOperation } from "@/lib/http/operations/market-operations";
import { serve } from "@/lib/http/serve";
import { getProvider } from "@/lib/market/get-provider";
import { withHealth } from "@/lib/market/provider-health-api";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getProviderOperation, async ({ params }) => {
    const [provider] = await withHealth([await getProvider(params.providerId)]);
    if (!provider) throw new Error("One provider in, one out.");
    return provider;
  }),
);
