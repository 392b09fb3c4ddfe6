import "server-only";
import { env } from "@/lib/env";
import type { Problem } from "@/lib/errors";
import { writeProblem } from "./write-problem";

/** A refusal of our API: `type` becomes absolute under the site's origin. */
export function problemResponse(problem: Problem, headers: HeadersInit = {}): Response {
  return writeProblem({ ...problem, type: new URL(problem.type, env.ORIGIN).href }, headers);
}
