import { toProblem } from "@/lib/errors";
import { type SentProblem, writeProblem } from "@/lib/http/write-problem";

/**
 * A refusal without a challenge: paying would not change it.
 *
 * @param origin what the relative `type` is resolved against
 */
export function refusalResponse(error: unknown, origin: string): Response {
  const problem = toProblem(error);
  return doorProblem({ ...problem, type: `${origin}${problem.type}` });
}

/** A problem of the door. One with status 429 also says `RateLimit`. */
export function doorProblem(problem: SentProblem, headers: HeadersInit = {}): Response {
  const response = writeProblem(problem, headers);
  const retryAfter = response.headers.get("Retry-After");
  if (problem.status === 429 && retryAfter) response.headers.set("RateLimit", `"hour";r=0;t=${retryAfter}`);
  return response;
}
