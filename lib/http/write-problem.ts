import type { Extensions } from "@/lib/errors";
import { noteProblemCode } from "./problem-code";

/** A problem as it is sent: `type` absolute, and `code` ours or that of another protocol. */
export type SentProblem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
} & Extensions;

/**
 * The one writer of RFC 9457 answers. `Retry-After` and `Allow` follow the members `retryAfterSeconds` and `allow`, and
 * amounts among the members are written as decimal strings.
 */
export function writeProblem(problem: SentProblem, headers: HeadersInit = {}): Response {
  const response = new Response(JSON.stringify(problem, stringifyBigint), {
    status: problem.status,
    headers,
  });
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("Cache-Control", "no-store");
  const { retryAfterSeconds, allow } = problem;
  if (typeof retryAfterSeconds === "number")
    response.headers.set("Retry-After", String(Math.max(1, Math.ceil(retryAfterSeconds))));
  if (Array.isArray(allow)) response.headers.set("Allow", allow.join(", "));
  noteProblemCode(response, problem.code);
  return response;
}

function stringifyBigint(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
