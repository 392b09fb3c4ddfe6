import "server-only";
import { env } from "@/lib/env";
import type { Problem } from "@/lib/errors";

/** RFC 9457 answer: `type` becomes absolute, `Retry-After` follows the member `retryAfterSeconds`. */
export function problemResponse(problem: Problem, headers: HeadersInit = {}): Response {
  const body = { ...problem, type: new URL(problem.type, env.ORIGIN).href };
  const response = new Response(JSON.stringify(body), { status: problem.status, headers });
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("Cache-Control", "no-store");
  const { retryAfterSeconds } = problem;
  if (typeof retryAfterSeconds === "number")
    response.headers.set("Retry-After", String(Math.max(1, Math.ceil(retryAfterSeconds))));
  return response;
}
