import { databaseConfigured, env } from "@/lib/env";
import { agentManifest } from "@/lib/http/agent-manifest";
import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { listPaidServices } from "@/lib/market/list-paid-services";
import { readPaymentWays } from "@/lib/mpp/payment-ways";

/** The manifest for agents. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly("/.well-known/superstream-agent.json", request, async () => {
    const services = databaseConfigured() ? await listPaidServices({ limit: 100 }) : [];
    const site = { origin: env.ORIGIN, network: env.NETWORK, ways: await readPaymentWays() };
    return publicDocument(request, JSON.stringify(agentManifest(services, site)), "application/json");
  });
}
