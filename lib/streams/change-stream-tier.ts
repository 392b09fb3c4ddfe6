import "server-only";
import type { Queryable } from "@/lib/db/pool";
import { actOnStream, type StreamOperation } from "./act-on-stream";
import type { StreamView } from "./stream-view";

/**
 * Goes on at another tier's rate from this moment. What the old rate accrued is carried exactly; sessions end.
 *
 * @throws ProblemError `unknown-tier`, `stream-state`, `insufficient-balance` when less than 60 s of runway would be left
 */
export function changeStreamTier(
  input: StreamOperation & { tier: string },
  db?: Queryable,
): Promise<StreamView> {
  return actOnStream("change_stream_tier", input, { tier: input.tier }, db);
}
