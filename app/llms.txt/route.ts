import { databaseConfigured, env } from "@/lib/env";
import { llmsText } from "@/lib/http/llms-text";
import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { listPaidServices } from "@/lib/market/list-paid-services";

/** How an agent uses this site, in plain text. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly("/llms.txt", request, async () => {
    const services = databaseConfigured() ? await listPaidServices({ limit: 20 }) : [];
    const text = llmsText(services, { origin: env.ORIGIN, network: env.NETWORK });
    return publicDocument(text, "text/plain; charset=utf-8");
  });
}
