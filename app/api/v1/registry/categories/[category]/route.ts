import { handle } from "@/lib/http/handle";
import { getCategoryOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { listCategories } from "@/lib/market/list-categories";
import { listServices } from "@/lib/market/list-services";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getCategoryOperation, async ({ params: { category }, query }) => {
    const [counts, page] = await Promise.all([listCategories(), listServices({ ...query, category })]);
    const { services, providers } = counts.find(({ id }) => id === category) ?? { services: 0, providers: 0 };
    return { id: category, services, providers, ...page };
  }),
);
