import "server-only";
import { ProblemError, toProblem } from "@/lib/errors";
import { logger } from "@/lib/log";
import { databaseTrouble } from "./database-trouble";
import { problemResponse } from "./problem-response";

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
    if (problem.status >= 500 && problem.code !== "not-configured" && !request.signal.aborted) {
      const path = new URL(request.url).pathname;
      logger.error({ method: request.method, path, status: problem.status, error }, problem.title);
    }
    return problemResponse(problem);
  }
}
