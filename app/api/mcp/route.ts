import { measured } from "@/lib/http/measure";
import { getDoor } from "@/lib/market/get-door";
import { answerMcp } from "@/lib/mcp/answer-mcp";
import { paymentCapability } from "@/lib/mcp/payment-capability";
import { serviceTool } from "@/lib/mcp/service-tool";
import type { Tool } from "@/lib/mcp/tool";
import { fetchPaidDoor } from "@/lib/mpp/paid-door";
import { paths } from "@/lib/paths";
import { operationTools } from "./operation-tools";
import { refuseMethod } from "./refuse-method";

let tools: readonly Tool[] | undefined;

/** The market for agents that speak MCP: streamable HTTP without sessions (lib/mcp/README.md). */
export function POST(request: Request): Promise<Response> {
  tools ??= [...operationTools(), serviceTool({ getDoor, fetch: fetchPaidDoor })];
  const options = { tools, payment: paymentCapability };
  return measured(paths.api.mcp, "POST", () => answerMcp(request, options));
}

const refuse = refuseMethod(paths.api.mcp);

export { refuse as DELETE, refuse as GET, refuse as OPTIONS, refuse as PATCH, refuse as PUT };
