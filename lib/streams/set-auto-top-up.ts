import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import type { AutoTopUpRule } from "@/lib/domain/top-up";
import { actOnStream, type StreamOperation } from "./act-on-stream";
import { getStream } from "./get-stream";
import { refuseUselessRule } from "./refuse-useless-rule";
import type { StreamView } from "./stream-view";

/**
 * Sets the sender's standing order for this stream, or clears it.
 *
 * @throws ProblemError `stream-state` when it is over; `invalid-input` for a rule that has expired, or whose daily maximum is
 * below one top-up at the stream's present rate
 */
export async function setAutoTopUp(
  input: StreamOperation & { rule: AutoTopUpRule | null },
  db: Queryable = pool(),
): Promise<StreamView> {
  if (input.rule) {
    const { rate, serverNowMs } = await getStream(input, db);
    refuseUselessRule(input.rule, rate, serverNowMs);
  }
  return actOnStream("set_auto_top_up", input, { rule: input.rule }, db);
}
