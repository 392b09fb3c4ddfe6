import { handle } from "@/lib/http/handle";
import { listProvidersOperation, registerProviderOperation } from "@/lib/http/operations/market-operations";
import { serve } from "@/lib/http/serve";
import { listProviders } from "@/lib/market/list-providers";
import { withHealth } from "@/lib/market/provider-health-api";
import { registerProvider } from "@/lib/market/register-provider";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listProvidersOperation, async ({ query: { healthy, ...filters } }) => {
    const page = await listProviders({ ...filters, ...(healthy ? { health: ["up"] } : {}) });
    return { ...page, items: await withHealth(page.items) };
  }),
  handle(registerProviderOperation, ({ actor, body }) => registerProvider({ ...body, owner: actor })),
);
