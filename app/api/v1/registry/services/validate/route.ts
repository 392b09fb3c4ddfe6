import { handle } from "@/lib/http/handle";
import { validateServiceOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { validateService } from "@/lib/market/validate-service";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(validateServiceOperation, async ({ body }) => validateService(body.service)),
);
