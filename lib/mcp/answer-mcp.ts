import "server-only";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { createMcpServer, type PaymentCapability } from "./create-mcp-server";
import { type RpcMessage, readRpc, refuseRpc } from "./read-rpc";
import type { Tool } from "./tool";

/**
 * Answers one HTTP request of MCP's streamable transport, statelessly: one JSON-RPC message in, one JSON answer out, whatever was asked
 * before. What may be sent is in `read-rpc.ts`.
 */
export async function answerMcp(
  request: Request,
  options: { tools: readonly Tool[]; payment: () => Promise<PaymentCapability> },
): Promise<Response> {
  let message: RpcMessage;
  try {
    message = withMetaInParams(await readRpc(request));
  } catch (error) {
    return refuseRpc(error);
  }
  const server = createMcpServer(options.tools, { request, payment: await options.payment() });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  try {
    // The SDK's class spells an absent handler `| undefined`, its interface leaves it out: exactOptionalPropertyTypes minds.
    await server.connect(transport as Parameters<typeof server.connect>[0]);
    const answer = await transport.handleRequest(acceptingBoth(request), { parsedBody: message });
    answer.headers.set("Cache-Control", "no-store");
    return answer;
  } finally {
    await server.close();
  }
}

/** The payment binding lets `_meta` stand beside `params` as well; the SDK knows it inside alone. */
function withMetaInParams({ _meta: beside, ...message }: RpcMessage): RpcMessage {
  if (typeof beside !== "object" || beside === null) return message;
  const params = (message.params ?? {}) as RpcMessage;
  return {
    ...message,
    params: { ...params, _meta: { ...beside, ...(params._meta as RpcMessage | undefined) } },
  };
}

/** What is answered is always JSON. The transport wants to hear that a client could also take events, which `curl` does not say. */
function acceptingBoth(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set("Accept", "application/json, text/event-stream");
  return new Request(request.url, { method: request.method, headers, signal: request.signal });
}
