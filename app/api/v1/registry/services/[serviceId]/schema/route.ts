import { handle } from "@/lib/http/handle";
import { getServiceSchemaOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { getService } from "@/lib/market/get-service";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getServiceSchemaOperation, async ({ params }) => {
    const { inputSchema, outputSchema, example } = await getService(params.serviceId);
    return { input: inputSchema, output: outputSchema, example };
  }),
);
