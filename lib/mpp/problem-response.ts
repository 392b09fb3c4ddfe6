import { type Extensions, toProblem } from "@/lib/errors";

/**
 * A refusal without a challenge: paying would not change it. `Retry-After` and `Allow` are written from the members.
 *
 * @param origin what the relative `type` is resolved against
 */
export function problemResponse(error: unknown, origin: string): Response {
  const problem = toProblem(error);
  return writeProblem({ ...problem, type: `${origin}${problem.type}` });
}

type Writable = { type: string; title: string; status: number; detail: string; code: string } & Extensions;

export function writeProblem(problem: Writable, extra: HeadersInit = {}): Response {
  const headers = new Headers(extra);
  headers.set("Content-Type", "application/problem+json");
  headers.set("Cache-Control", "no-store");
  const { retryAfterSeconds, allow } = problem as { retryAfterSeconds?: unknown; allow?: unknown };
  if (typeof retryAfterSeconds === "number") {
    const seconds = Math.max(1, Math.ceil(retryAfterSeconds));
    headers.set("Retry-After", String(seconds));
    if (problem.status === 429) headers.set("RateLimit", `"hour";r=0;t=${seconds}`);
  }
  if (Array.isArray(allow)) headers.set("Allow", allow.join(", "));
  return new Response(JSON.stringify(problem, stringifyBigint), { status: problem.status, headers });
}

function stringifyBigint(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
