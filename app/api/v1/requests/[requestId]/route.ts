import { ProblemError } from "@/lib/errors";
import { handle } from "@/lib/http/handle";
import { getRequestOperation } from "@/lib/http/operations/account-operations";
import { serve } from "@/lib/http/serve";
import { replayAnswer } from "@/lib/mpp/replay-answer";
import { findAnswer } from "@/lib/streams/find-answer";
import { getRequest } from "@/lib/streams/get-request";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(getRequestOperation, async ({ actor, params }) => {
    const { state, decision } = await getRequest(params.requestId, actor);
    if (state === "open")
      throw new ProblemError("request-in-progress", "The call is still running.", {
        extensions: { retryAfterSeconds: 1 },
      });
    const answer = state === "served" ? await findAnswer(params.requestId) : null;
    if (!answer)
      throw new ProblemError("request-not-found", "No answer is kept for this call.", {
        extensions: { state, decision },
      });

    const response = replayAnswer(answer);
    // A provider wrote this: whatever it says it is, it must not run as a page of ours.
    response.headers.set("Content-Security-Policy", "sandbox; default-src 'none'");
    response.headers.set("X-Content-Type-Options", "nosniff");
    return response;
  }),
);
