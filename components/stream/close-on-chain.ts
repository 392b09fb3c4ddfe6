import type { Hex } from "viem";
import type { CallProgress } from "@/components/wallet/send-calls";
import type { useChainCalls } from "@/components/wallet/use-chain-calls";
import type { Asset } from "@/lib/domain/asset";
import { paths } from "@/lib/paths";
import { callsToSign } from "./calls-to-sign";
import type { BulkState } from "./run-bulk";
import type { Settled } from "./settle-stream";

/** How one of many streams ended: settled by the ledger, or in a transaction whose figures are read from the chain afterwards. */
export type BulkOutcome = ({ kind: "settled"; asset: Asset } & Settled) | { kind: "mined"; hash: Hex };

/**
 * Closes streams of one rail by one transaction, all or none, and reports the same end for each.
 *
 * @param ids at most 200; none does nothing
 */
export async function closeOnChain(
  ids: readonly string[],
  signAll: ReturnType<typeof useChainCalls>,
  onProgress: (progress: CallProgress) => void,
  report: (id: string, state: BulkState<BulkOutcome>) => void,
): Promise<void> {
  if (ids.length === 0) return;
  const tell = (state: BulkState<BulkOutcome>) => {
    for (const id of ids) report(id, state);
  };
  tell({ phase: "sent" });
  try {
    const calls = callsToSign(await planOf(ids));
    if (!calls) return tell({ phase: "failed", reason: "There is nothing to close on the chain any more." });
    const what = ids.length === 1 ? "Close a stream" : `Close ${ids.length} streams`;
    const ended = await signAll({ calls, together: false, allowance: null }, what, onProgress);
    if (ended.phase === "mined") tell({ phase: "done", value: { kind: "mined", hash: ended.hash } });
    else tell({ phase: "failed", reason: ended.problem.detail });
  } catch (error) {
    tell({ phase: "failed", reason: error instanceof Error ? error.message : "It failed." });
  }
}

async function planOf(streamIds: readonly string[]): Promise<Record<string, unknown>> {
  const response = await fetch(`${paths.api.streams}/plan-close`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ streamIds }),
  }).catch(() => {
    throw new Error("No answer came back. Nothing was signed.");
  });
  const body: Record<string, unknown> = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(String(body.detail ?? `The server answered ${response.status}.`));
  return body;
}
