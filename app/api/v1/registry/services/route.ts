import { handle } from "@/lib/http/handle";
import { listServicesOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { listServices } from "@/lib/market/list-services";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listServicesOperation, ({ query }) => listServices(query)),
);
