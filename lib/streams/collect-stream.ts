import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { actOnStream, type StreamOperation } from "./act-on-stream";
import type { StreamView } from "./stream-view";

/** Pays the receiver what has accrued so far. However often it is called, the total is the same. */
export function collectStream(input: StreamOperation, db?: Queryable): Promise<StreamView> {
  return actOnStream("collect_stream", input, {}, db);
}
