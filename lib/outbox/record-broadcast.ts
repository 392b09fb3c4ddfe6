import "server-only";
import type { Broadcast } from "./broadcast";
import type { Intent } from "./intent";
import type { Lane } from "./lane";
import { noteProblem } from "./signer";
import { writeIntent } from "./write-intent";

/** Writes down what the node said to the bytes. Whatever it was, they are looked at again, and sent again if need be. */
export async function recordBroadcast(lane: Lane, intent: Intent, said: Broadcast): Promise<void> {
  const { pollMs, retryMs } = lane.patience;
  if (said === "no-coin") await noteProblem(lane, "no-coin");
  if (said === "underpriced") await noteProblem(lane, "fees-too-high");
  const open = said === "taken" || said === "number-used";
  await writeIntent(lane.db, intent, {
    state: open || intent.sentMs !== null ? "submitted" : "signed",
    waitMs: open ? pollMs : retryMs,
    sent: open,
  });
}
