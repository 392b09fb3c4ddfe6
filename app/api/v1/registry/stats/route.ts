import { handle } from "@/lib/http/handle";
import { getRegistryStatsOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { getRegistryStats } from "@/lib/market/get-registry-stats";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getRegistryStatsOperation, () => getRegistryStats()),
);
