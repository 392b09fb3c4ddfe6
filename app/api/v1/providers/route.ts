import { handle } from "@/lib/http/handle";
import { listProvidersOperation, registerProviderOperation } from "@/lib/http/operations/market-operations";
import { serve } from "@/lib/http/serve";
import { listProviders } from "@/lib/market/list-providers";
import { registerProvider } from "@/lib/market/register-provider";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listProvidersOperation, ({ query }) => listProviders(query)),
  handle(registerProviderOperation, ({ actor, body }) => registerProvider({ ...body, owner: actor })),
);
