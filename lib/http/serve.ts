import "server-only";
import { ProblemError, toProblem } from "@/lib/errors";
import type { handle, Route } from "./handle";
import { measured, methodLabel } from "./measure";
import { problemResponse } from "./problem-response";
import { respond } from "./respond";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
type Routes = Record<(typeof METHODS)[number] | "OPTIONS", Route>;

/** The exports of a route file: the given operations, and problem details for every other method. */
export function serve(...handled: ReturnType<typeof handle>[]): Routes {
  const routes = new Map(handled.map(({ operation, route }) => [operation.method as string, route]));
  const allow = [...routes.keys(), ...(routes.has("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  const path = handled[0]?.operation.path ?? "none";
  const refuse: Route = ({ method }) =>
    measured(path, methodLabel(method), async () => {
      const detail = `${method} is not served here. Use ${allow}.`;
      return problemResponse(toProblem(new ProblemError("method-not-allowed", detail)), { Allow: allow });
    });
  const options: Route = (request) =>
    measured(path, "OPTIONS", () =>
      respond(request, async () => new Response(null, { status: 204, headers: { Allow: allow } })),
    );
  const entries = METHODS.map((method) => [method, routes.get(method) ?? refuse] as const);
  return Object.fromEntries([...entries, ["OPTIONS", options]]) as Routes;
}
