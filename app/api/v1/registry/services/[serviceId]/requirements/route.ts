import { env } from "@/lib/env";
import { handle } from "@/lib/http/handle";
import { getServiceRequirementsOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { getProvider } from "@/lib/market/get-provider";
import { getService } from "@/lib/market/get-service";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getServiceRequirementsOperation, async ({ params }) => {
    const { id, providerId, method, door, inputSchema } = await getService(params.serviceId);
    const { tiers, asset } = await getProvider(providerId);
    const required = Array.isArray(inputSchema.required) ? inputSchema.required : [];
    return {
      serviceId: id,
      method,
      url: new URL(door, env.ORIGIN).href,
      contentType: method === "POST" ? ("application/json" as const) : null,
      requiredFields: required.filter((name) => typeof name === "string"),
      payment: { method: "ledger" as const, intent: "stream" as const, asset, tiers },
    };
  }),
);
