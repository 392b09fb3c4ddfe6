import { env } from "@/lib/env";
import { requireSecret } from "@/lib/http/require-secret";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { scrapeMetrics } from "@/lib/operations/scrape-metrics";

/**
 * Prometheus text. With METRICS_TOKEN set, for whoever sends it. Without, open on a devnet, and elsewhere for the
 * operator's token, because volumes are in it.
 */
export function GET(request: Request): Promise<Response> {
  return respondPublicly(request, async () => {
    if (env.METRICS_TOKEN) requireSecret(request, env.METRICS_TOKEN);
    else if (env.NETWORK !== "devnet") requireSecret(request, env.ADMIN_TOKEN);
    const { text, contentType } = await scrapeMetrics();
    return new Response(text, { headers: { "Content-Type": contentType, "Cache-Control": "no-store" } });
  });
}
