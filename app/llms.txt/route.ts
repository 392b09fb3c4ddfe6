import { databaseConfigured, env } from "@/lib/env";
import { llmsText } from "@/lib/http/llms-text";
import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { listPaidServices } from "@/lib/market/list-paid-services";
import { readPaymentWays } from "@/lib/mpp/payment-ways";

/** How an agent uses this site, in plain text. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly("/llms.txt", request, async () => {
    const services = databaseConfigured() ? await listPaidServices({ limit: 20 }) : [];
    const site = { origin: env.ORIGIN, network: env.NETWORK, ways: await readPaymentWays() };
    return publicDocument(request, llmsText(services, site), "text/plain; charset=utf-8");
  });
}
