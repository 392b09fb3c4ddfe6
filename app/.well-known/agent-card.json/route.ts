import { operationTools } from "@/app/api/mcp/operation-tools";
import { env } from "@/lib/env";
import { publicDocument } from "@/lib/http/public-document";
import { respondPublicly } from "@/lib/http/respond-publicly";
import { agentCard } from "@/lib/mcp/agent-card";
import { paths } from "@/lib/paths";

/** The card for agents that speak A2A. */
export function GET(request: Request): Promise<Response> {
  return respondPublicly(paths.agentCard, request, async () => {
    const url = `${env.ORIGIN}${paths.api.a2a}`;
    const card = agentCard(operationTools(), { origin: env.ORIGIN, url });
    return publicDocument(request, JSON.stringify(card), "application/json");
  });
}
