import { databaseConfigured, env } from "@/lib/env";
import { ProblemError } from "@/lib/errors";
import { scrapeMetrics } from "@/lib/http/metrics";
import { requireSecret } from "@/lib/http/require-secret";
import { respondPublicly } from "@/lib/http/respond-publicly";

/** Prometheus text. On a devnet for everybody; elsewhere with the operator's token, because volumes are in it. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly(request, async () => {
    if (!databaseConfigured())
      throw new ProblemError("not-configured", "No database is configured. Set DATABASE_URL.");
    if (env.NETWORK !== "devnet") requireSecret(request, env.ADMIN_TOKEN);
    const { text, contentType } = await scrapeMetrics();
    return new Response(text, { headers: { "Content-Type": contentType, "Cache-Control": "no-store" } });
  });
}
