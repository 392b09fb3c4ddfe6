import { env } from "@/lib/env";
import { type Problem, ProblemError, toProblem } from "@/lib/errors";
import { databaseTrouble } from "@/lib/http/database-trouble";

/** A refusal as JSON, its `type` a page of this site. What is no refusal is told as `internal`, as everywhere. */
export function describeProblem(error: unknown): Problem {
  const problem = toProblem(error instanceof ProblemError ? error : (databaseTrouble(error) ?? error));
  return { ...problem, type: new URL(problem.type, env.ORIGIN).href };
}
