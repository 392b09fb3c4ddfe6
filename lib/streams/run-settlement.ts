import "server-only";
import { startLoop } from "@/lib/loop";
import { settleStreams } from "./settle-streams";

/** How often to look whether a settlement is due: it may have been another server's turn. */
const LOOK_MS = 60_000;

/** Settles all streams every `intervalMs`, among all servers, until the function that it returns is called. */
export function startSettlementLoop(intervalMs: number): () => Promise<void> {
  return startLoop({
    name: "settlement",
    intervalMs: Math.min(intervalMs, LOOK_MS),
    pass: async () => (await settleStreams({ intervalMs })).more,
  });
}
