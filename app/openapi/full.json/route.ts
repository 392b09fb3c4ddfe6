import { env } from "@/lib/env";
import { buildWholeOpenApi } from "@/lib/http/openapi";
import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";

/** The OpenAPI document of every operation; `/openapi.json` is the one for buyers. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly("/openapi/full.json", request, async () =>
    publicDocument(request, JSON.stringify(buildWholeOpenApi(env.ORIGIN)), "application/json"),
  );
}
