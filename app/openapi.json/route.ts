import { databaseConfigured, env } from "@/lib/env";
import { buildOpenApi } from "@/lib/http/openapi";
import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { listPaidServices } from "@/lib/market/list-paid-services";
import { readPaymentWays } from "@/lib/mpp/payment-ways";

/** As many as are looked at; the document takes those that fit. The registry lists all of them. */
const PAID_PATHS_MAX = 100;

/** The OpenAPI document. Without a database it lists the operations alone. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly("/openapi.json", request, async () => {
    const services = databaseConfigured() ? await listPaidServices({ limit: PAID_PATHS_MAX }) : [];
    const document = buildOpenApi(services, env.ORIGIN, await readPaymentWays());
    return publicDocument(request, JSON.stringify(document), "application/json");
  });
}
