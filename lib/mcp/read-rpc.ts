import "server-only";
import { z } from "zod";
import { ProblemError } from "@/lib/errors";
import { clientIp } from "@/lib/http/client-ip";
import { ownOrigins } from "@/lib/http/own-origins";
import { noteProblemCode } from "@/lib/http/problem-code";
import { limitRate } from "@/lib/http/rate-limit";
import { readJson } from "@/lib/http/read-json";
import { describeProblem } from "./describe-problem";
import { RPC_CODES } from "./rpc-error";

export type RpcMessage = Record<string, unknown>;

/**
 * One JSON-RPC message, bounded as the API is: 256 KiB, depth, calls a minute. Refused from pages of other origins (DNS rebinding).
 *
 * @throws ProblemError
 */
export async function readRpc(request: Request): Promise<RpcMessage> {
  requireNoForeignPage(request);
  await limitRate("write", `ip:${clientIp(request)}`);
  const value = await readJson(request, z.unknown());
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as RpcMessage;
  throw new ProblemError("malformed-request", "Send one JSON-RPC message: an object, no batch.");
}

/** Browsers name the page that asks; programs name none. A page of another site has no business here, whatever host it called us by. */
function requireNoForeignPage(request: Request): void {
  const origin = request.headers.get("origin");
  if (origin !== null && !ownOrigins().includes(origin))
    throw new ProblemError("forbidden-origin", "This request came from a page of another site.");
}

/** A refusal before the message is understood: its status, and JSON-RPC's error for those who read the body alone. */
export function refuseRpc(error: unknown): Response {
  const problem = describeProblem(error);
  const code = problem.code === "malformed-json" ? RPC_CODES.parseError : RPC_CODES.invalidRequest;
  const body = { jsonrpc: "2.0", id: null, error: { code, message: problem.detail, data: problem } };
  const retry = problem.retryAfterSeconds;
  const response = Response.json(body, { status: problem.status, headers: { "Cache-Control": "no-store" } });
  if (retry !== undefined) response.headers.set("Retry-After", String(retry));
  noteProblemCode(response, problem.code);
  return response;
}
