import "server-only";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { z } from "zod";
import { ProblemError } from "@/lib/errors";
import { clientIp } from "@/lib/http/client-ip";
import { ownOrigins } from "@/lib/http/own-origins";
import { noteProblemCode } from "@/lib/http/problem-code";
import { limitRate } from "@/lib/http/rate-limit";
import { readJson } from "@/lib/http/read-json";
import { createMcpServer, type PaymentCapability } from "./create-mcp-server";
import { describeProblem } from "./describe-problem";
import { RPC_CODES } from "./rpc-error";
import type { Tool } from "./tool";

type Message = Record<string, unknown>;

/**
 * Answers one HTTP request of MCP's streamable transport, statelessly: one JSON-RPC message in, one JSON answer out, whatever was asked
 * before. Bounded as the API is: 256 KiB, depth, calls a minute; refused from pages of other origins (DNS rebinding).
 */
export async function answerMcp(
  request: Request,
  options: { tools: readonly Tool[]; payment: () => Promise<PaymentCapability> },
): Promise<Response> {
  let message: Message;
  try {
    requireNoForeignPage(request);
    await limitRate("write", `ip:${clientIp(request)}`);
    message = await readMessage(request);
  } catch (error) {
    return refusal(error);
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

/** Browsers name the page that asks; programs name none. A page of another site has no business here, whatever host it called us by. */
function requireNoForeignPage(request: Request): void {
  const origin = request.headers.get("origin");
  if (origin !== null && !ownOrigins().includes(origin))
    throw new ProblemError("forbidden-origin", "This request came from a page of another site.");
}

async function readMessage(request: Request): Promise<Message> {
  const value = await readJson(request, z.unknown());
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ProblemError("malformed-request", "Send one JSON-RPC message: an object, no batch.");
  return withMetaInParams(value as Message);
}

/** The payment binding lets `_meta` stand beside `params` as well; the SDK knows it inside alone. */
function withMetaInParams({ _meta: beside, ...message }: Message): Message {
  if (typeof beside !== "object" || beside === null) return message;
  const params = (message.params ?? {}) as Message;
  return {
    ...message,
    params: { ...params, _meta: { ...beside, ...(params._meta as Message | undefined) } },
  };
}

/** What is answered is always JSON. The transport wants to hear that a client could also take events, which `curl` does not say. */
function acceptingBoth(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.set("Accept", "application/json, text/event-stream");
  return new Request(request.url, { method: request.method, headers, signal: request.signal });
}

function refusal(error: unknown): Response {
  const problem = describeProblem(error);
  const code = problem.code === "malformed-json" ? RPC_CODES.parseError : RPC_CODES.invalidRequest;
  const body = { jsonrpc: "2.0", id: null, error: { code, message: problem.detail, data: problem } };
  const retry = problem.retryAfterSeconds;
  const response = Response.json(body, { status: problem.status, headers: { "Cache-Control": "no-store" } });
  if (retry !== undefined) response.headers.set("Retry-After", String(retry));
  noteProblemCode(response, problem.code);
  return response;
}
