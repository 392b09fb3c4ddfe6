import "server-only";
import type { Queryable } from "@/lib/db/pool";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import { actOnStream, type StreamOperation } from "./act-on-stream";
import type { StreamView } from "./stream-view";

/** Sets the sender's standing order for this stream, or clears it. @throws ProblemError `stream-state` when it is over */
export function setAutoTopUp(
  input: StreamOperation & { rule: AutoTopUpRule | null },
  db?: Queryable,
): Promise<StreamView> {
  return actOnStream("set_auto_top_up", input, { rule: input.rule }, db);
}
