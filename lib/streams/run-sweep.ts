import "server-only";
import { startLoop } from "@/lib/loop";
import { sweepStreams } from "./sweep-streams";

const BATCH = 500;

/** Applies time to streams every `intervalMs`, until the function that it returns is called. */
export function startSweepLoop(intervalMs: number): () => Promise<void> {
  return startLoop({
    name: "sweep",
    intervalMs,
    pass: async () => (await sweepStreams({ limit: BATCH })).looked >= BATCH,
  });
}
