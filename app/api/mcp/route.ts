import { ProblemError, toProblem } from "@/lib/errors";
import { measured, methodLabel } from "@/lib/http/measure";
import { problemResponse } from "@/lib/http/problem-response";
import { getDoor } from "@/lib/market/get-door";
import { answerMcp } from "@/lib/mcp/answer-mcp";
import { paymentCapability } from "@/lib/mcp/payment-capability";
import { serviceTool } from "@/lib/mcp/service-tool";
import type { Tool } from "@/lib/mcp/tool";
import { fetchPaidDoor } from "@/lib/mpp/paid-door";
import { paths } from "@/lib/paths";
import { operationTools } from "./operation-tools";

let tools: readonly Tool[] | undefined;

/** The market for agents that speak MCP: streamable HTTP without sessions (lib/mcp/README.md). */
export function POST(request: Request): Promise<Response> {
  tools ??= [...operationTools(), serviceTool({ getDoor, fetch: fetchPaidDoor })];
  const options = { tools, payment: paymentCapability };
  return measured(paths.api.mcp, "POST", () => answerMcp(request, options));
}

/** No session to end, and nothing that the server says unasked: what the protocol has GET and DELETE for. */
function refuse({ method }: Request): Promise<Response> {
  return measured(paths.api.mcp, methodLabel(method), async () => {
    const detail = "Send JSON-RPC messages with POST.";
    return problemResponse(toProblem(new ProblemError("method-not-allowed", detail)), { Allow: "POST" });
  });
}

export { refuse as DELETE, refuse as GET, refuse as OPTIONS, refuse as PATCH, refuse as PUT };
