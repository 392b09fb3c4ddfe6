import { handle } from "@/lib/http/handle";
import { getMarketSummaryOperation } from "@/lib/http/operations/market-operations";
import { serve } from "@/lib/http/serve";
import { getMarketSummary } from "@/lib/market/get-market-summary";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getMarketSummaryOperation, ({ query }) => getMarketSummary(query)),
);
