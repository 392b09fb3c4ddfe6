import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { actOnStream, type StreamOperation } from "./act-on-stream";
import type { StreamView } from "./stream-view";

/** Stops the flow and the access, keeps the deposit. @throws ProblemError `stream-state` unless active */
export function pauseStream(input: StreamOperation, db?: Queryable): Promise<StreamView> {
  return actOnStream("pause_stream", input, {}, db);
}
