import { operationTools } from "@/app/api/mcp/operation-tools";
import { refuseMethod } from "@/app/api/mcp/refuse-method";
import { measured } from "@/lib/http/measure";
import { answerA2a } from "@/lib/mcp/answer-a2a";
import type { Tool } from "@/lib/mcp/tool";
import { paths } from "@/lib/paths";

let tools: readonly Tool[] | undefined;

/** The market for agents that speak A2A: what `/.well-known/agent-card.json` points to. */
export function POST(request: Request): Promise<Response> {
  tools ??= operationTools();
  const options = { tools };
  return measured(paths.api.a2a, "POST", () => answerA2a(request, options));
}

const refuse = refuseMethod(paths.api.a2a);

export { refuse as DELETE, refuse as GET, refuse as OPTIONS, refuse as PATCH, refuse as PUT };
