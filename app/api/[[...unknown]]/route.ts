import { ProblemError, toProblem } from "@/lib/errors";
import { measured, methodLabel } from "@/lib/http/measure";
import { problemResponse } from "@/lib/http/problem-response";

/** Every address under /api that is nothing: problem details, not the site's page for people. */
function notFound(request: Request): Promise<Response> {
  return measured("/api/{unknown}", methodLabel(request.method), async () =>
    problemResponse(
      toProblem(
        new ProblemError("not-found", "There is no such operation. /openapi.json lists all of them."),
      ),
    ),
  );
}

export {
  notFound as DELETE,
  notFound as GET,
  notFound as OPTIONS,
  notFound as PATCH,
  notFound as POST,
  notFound as PUT,
};
