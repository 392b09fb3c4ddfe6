import { handle } from "@/lib/http/handle";
import { getRegistryOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { PRICING_MODELS } from "@/lib/market/categories";
import { getRegistryStats } from "@/lib/market/get-registry-stats";
import { listCategories } from "@/lib/market/list-categories";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getRegistryOperation, async () => {
    const [stats, categories] = await Promise.all([getRegistryStats(), listCategories()]);
    const links = {
      services: "/api/v1/registry/services",
      categories: "/api/v1/registry/categories",
      stats: "/api/v1/registry/stats",
      validate: "/api/v1/registry/services/validate",
    };
    return { stats, categories, pricingModels: [...PRICING_MODELS], links };
  }),
);
