import { handle } from "@/lib/http/handle";
import { getServicePricingOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { getProvider } from "@/lib/market/get-provider";
import { getService } from "@/lib/market/get-service";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getServicePricingOperation, async ({ params }) => {
    const { id, providerId, pricingModel, pricePerCall } = await getService(params.serviceId);
    const { tiers, asset } = await getProvider(providerId);
    return { serviceId: id, pricingModel, pricePerCall, asset, tiers };
  }),
);
