import { databaseConfigured, env } from "@/lib/env";
import { buildOpenApi } from "@/lib/http/openapi";
import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { listPaidServices } from "@/lib/market/list-paid-services";

/** More would pass the 64 KB that crawlers read; the registry lists all of them. */
const PAID_PATHS_MAX = 40;

/** The OpenAPI document. Without a database it lists the operations alone. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly("/openapi.json", request, async () => {
    const services = databaseConfigured() ? await listPaidServices({ limit: PAID_PATHS_MAX }) : [];
    return publicDocument(JSON.stringify(buildOpenApi(services, env.ORIGIN)), "application/json");
  });
}
