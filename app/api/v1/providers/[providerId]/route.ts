import { handle } from "@/lib/http/handle";
import { getProviderOperation } from "@/lib/http/operations/market-operations";
import { serve } from "@/lib/http/serve";
import { getProvider } from "@/lib/market/get-provider";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getProviderOperation, ({ params }) => getProvider(params.providerId)),
);
