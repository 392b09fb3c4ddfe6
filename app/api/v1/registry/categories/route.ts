import { handle } from "@/lib/http/handle";
import { listCategoriesOperation } from "@/lib/http/operations/registry-operations";
import { serve } from "@/lib/http/serve";
import { listCategories } from "@/lib/market/list-categories";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(listCategoriesOperation, async () => ({ items: await listCategories() })),
);
