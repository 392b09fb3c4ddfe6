import { databaseConfigured, env } from "@/lib/env";
import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { skillText } from "@/lib/http/skill-text";
import { listPaidServices } from "@/lib/market/list-paid-services";
import { readPaymentWays } from "@/lib/mpp/payment-ways";
import { paths } from "@/lib/paths";

/** The site as a skill for agents. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly(paths.skill, request, async () => {
    const services = databaseConfigured() ? await listPaidServices({ limit: 10 }) : [];
    const site = { origin: env.ORIGIN, network: env.NETWORK, ways: await readPaymentWays() };
    return publicDocument(request, skillText(services, site), "text/markdown; charset=utf-8");
  });
}
