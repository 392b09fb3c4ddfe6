import { databaseConfigured, env } from "@/lib/env";
import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { tiramiManifest } from "@/lib/http/tirami-manifest";
import { listPaidServices } from "@/lib/market/list-paid-services";
import { readPaymentWays } from "@/lib/mpp/payment-ways";
import { paths } from "@/lib/paths";

/** The manifest for agents that look for a Tirami node. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly(paths.tiramiManifest, request, async () => {
    const services = databaseConfigured() ? await listPaidServices({ limit: 100 }) : [];
    const site = { origin: env.ORIGIN, network: env.NETWORK, ways: await readPaymentWays() };
    return publicDocument(request, JSON.stringify(tiramiManifest(services, site)), "application/json");
  });
}
