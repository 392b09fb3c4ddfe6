import { ProblemError, toProblem } from "@/lib/errors";
import { measured, methodLabel } from "@/lib/http/measure";
import { problemResponse } from "@/lib/http/problem-response";

/** The answer to every method but POST, for an address that takes JSON-RPC: there is no session to end, and nothing is said unasked. */
export function refuseMethod(path: `/${string}`) {
  return ({ method }: Request): Promise<Response> =>
    measured(path, methodLabel(method), async () => {
      const detail = "Send JSON-RPC messages with POST.";
      return problemResponse(toProblem(new ProblemError("method-not-allowed", detail)), { Allow: "POST" });
    });
}
