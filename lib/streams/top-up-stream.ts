import "server-only";
import type { Queryable } from "@/lib/db/pool";
import type { SignedAllowance } from "@/lib/rails/allowance";
import { actOnStream, type StreamOperation } from "./act-on-stream";
import type { StreamView } from "./stream-view";

/**
 * Adds `amount` base units of the sender's to the stream. An exhausted stream in its grace runs again from now.
 *
 * @param input.allowance on a chain: what an earlier refusal of the same top-up asked to sign, so that one transaction does it
 * @throws ProblemError `stream-state` after the grace, `invalid-input` below `minimumTopUp`, `insufficient-balance`
 */
export function topUpStream(
  input: StreamOperation & { amount: bigint; allowance?: SignedAllowance | undefined },
  db?: Queryable,
): Promise<StreamView> {
  return actOnStream("top_up_stream", input, { amount: input.amount }, db, input.allowance);
}
