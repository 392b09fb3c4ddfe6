import { handle } from "@/lib/http/handle";
import { getServiceOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { getService } from "@/lib/market/get-service";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getServiceOperation, ({ params }) => getService(params.serviceId)),
);
