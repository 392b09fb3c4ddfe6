import "server-only";
import { type ProblemCode, ProblemError, toProblem } from "@/lib/errors";
import { logger } from "@/lib/log";
import { databaseTrouble } from "./database-trouble";
import { problemResponse } from "./problem-response";

/** Answers of 503 that are no trouble: asked for again and again, they would fill the log. */
const EXPECTED = new Set<ProblemCode>(["not-configured", "not-ready"]);

/**
 * The only place of the routes that catches everything. A refusal is answered as it is; a bug is logged
 * and answered as `internal`. The log gets method, path and error, never a header, a body or a query.
 */
export async function respond(request: Request, run: () => Promise<Response>): Promise<Response> {
  try {
    return await run();
  } catch (error) {
    const refusal = error instanceof ProblemError ? error : databaseTrouble(error);
    const problem = toProblem(refusal ?? error);
    // A client that left in the middle of its body breaks our reading of it: that is no trouble of ours.
    if (problem.status >= 500 && !EXPECTED.has(problem.code) && !request.signal.aborted) {
      const path = new URL(request.url).pathname;
      logger.error({ method: request.method, path, status: problem.status, error }, problem.title);
    }
    return problemResponse(problem);
  }
}
