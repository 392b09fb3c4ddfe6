import { env } from "@/lib/env";
import { operations } from "@/lib/http/operations";
import { requireSecret } from "@/lib/http/require-secret";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { DOOR_ENDPOINT } from "@/lib/metrics/door-endpoint";
import { metrics } from "@/lib/metrics/metrics";
import { scrapeMetrics } from "@/lib/operations/scrape-metrics";

/**
 * Prometheus text. With METRICS_TOKEN set, for whoever sends it. Without, open on a devnet, and elsewhere for the
 * operator's token, because volumes are in it.
 */
export function GET(request: Request): Promise<Response> {
  return respondPublicly("/metrics", request, async () => {
    if (env.METRICS_TOKEN) requireSecret(request, env.METRICS_TOKEN);
    else if (env.NETWORK !== "devnet") requireSecret(request, env.ADMIN_TOKEN);
    beginAtZero();
    const { text, contentType } = await scrapeMetrics();
    return new Response(text, { headers: { "Content-Type": contentType, "Cache-Control": "no-store" } });
  });
}

/** Every route is there from the first scrape: a rate is seen only between two values of one counter. */
function beginAtZero(): void {
  const { requests, decisions, ended, upstream } = metrics();
  for (const { path, method } of operations) requests.of(path, method);
  for (const method of ["GET", "POST"]) requests.of(DOOR_ENDPOINT, method);
  decisions.of("authorised");
  upstream.of("ok");
  for (const outcome of ["served", "voided"]) ended.of(outcome);
}
