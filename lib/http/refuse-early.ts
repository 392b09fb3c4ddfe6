import "server-only";
import type { ServerResponse } from "node:http";
import { type ProblemCode, ProblemError, toProblem } from "@/lib/errors";
import type { EarlyRefusal } from "./admit-request";
import { problemResponse } from "./problem-response";

const refusals: Record<EarlyRefusal, { code: ProblemCode; detail: string }> = {
  400: {
    code: "malformed-request",
    detail: "Send a path that begins with a slash and is UTF-8 behind its escapes.",
  },
  404: { code: "not-found", detail: "There is nothing at this address." },
  405: { code: "method-not-allowed", detail: "TRACE is not served." },
  431: { code: "headers-too-large", detail: "A header field is at most 8 KiB." },
};

/** Answers a request that `admitRequest` did not admit, and closes the connection: its body is not read. */
export async function refuseEarly(status: EarlyRefusal, outgoing: ServerResponse): Promise<void> {
  const { code, detail } = refusals[status];
  const answer = problemResponse(toProblem(new ProblemError(code, detail)), { connection: "close" });
  outgoing.writeHead(status, Object.fromEntries(answer.headers)).end(await answer.text());
}
