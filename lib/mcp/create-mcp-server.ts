import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { ProblemError } from "@/lib/errors";
import { logger } from "@/lib/log";
import { describeProblem } from "./describe-problem";
import { RPC_CODES, RpcError } from "./rpc-error";
import type { Tool } from "./tool";
import { toolResult } from "./tool-result";

/** How a client of the payment binding learns what it will be asked for, before it is. */
export type PaymentCapability = { methods: Record<string, { intents: string[] }> };

const INSTRUCTIONS = `Superstream: services bought by the second. Amounts are base units as decimal strings.
1. list_providers, find_cheapest_provider, list_services and get_service say what there is, plan_stream what it costs.
2. call_service is paid: error -32042 has challenges. A client with a wallet answers one by itself (action "open" opens a stream on the
   ledger and serves the same call; "prove" uses one that is open; "close" settles it).
3. open_stream, top_up_stream, close_stream, list_streams and get_wallet act for a signed-in account: sign in over HTTP
   (POST /api/v1/auth/nonce, /api/v1/auth/session) and send its token as Authorization: Bearer with every request to this server.
4. verify_receipt checks the receipt of a paid call.`;

/**
 * The MCP server for one HTTP request. It keeps nothing between two of them, so that any server of an installation answers any of them.
 */
export function createMcpServer(
  tools: readonly Tool[],
  { request, payment }: { request: Request; payment: PaymentCapability },
): Server {
  const server = new Server(
    { name: "superstream", title: "Superstream", version: "1.0.0" },
    { capabilities: { tools: {}, experimental: { payment } }, instructions: INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(({ listed }) => listed) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const { name, arguments: given = {}, _meta: meta = {} } = params;
    const tool = tools.find(({ listed }) => listed.name === name);
    if (!tool)
      throw new RpcError(RPC_CODES.invalidParams, "There is no such tool: tools/list has all of them.");
    try {
      return await tool.call({ arguments: given, meta, request });
    } catch (error) {
      if (error instanceof RpcError) throw error;
      // A client that left breaks our reading of its call: that is no trouble of ours.
      if (!(error instanceof ProblemError) && !request.signal.aborted)
        logger.error({ error, tool: name }, "A tool failed");
      return toolResult(describeProblem(error), { isError: true });
    }
  });
  return server;
}
