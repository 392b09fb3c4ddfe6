import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { actOnStream, type StreamOperation } from "./act-on-stream";
import type { StreamView } from "./stream-view";

/** Lets a paused stream flow again. @throws ProblemError `stream-state`, `insufficient-balance` below 60 s of runway */
export function resumeStream(input: StreamOperation, db?: Queryable): Promise<StreamView> {
  return actOnStream("resume_stream", input, {}, db);
}
