import "server-only";
import { z } from "zod";
import { pool, type Queryable } from "@/lib/db/pool";
import { callLedger } from "@/lib/ledger/call-ledger";
import { metrics } from "@/lib/metrics/metrics";
import { completePlainRequests } from "./complete-plain-requests";
import { isDataError } from "./is-data-error";
import { microBatch } from "./micro-batch";

/** How a paid call ended. `served` posts its price and counts; `voided` gives the price back. */
export type CallOutcome = {
  requestId: string;
  outcome: "served" | "voided";
  /** HTTP status that the caller was given. */
  status: number;
  responseDigest: string | null;
  /** The receipt as it was sent, signature and all. */
  receipt: Record<string, unknown> | null;
  /** Kept for 24 h for the payer. Larger answers than `MAX_STORED_ANSWER` are not kept. */
  answer?: { headers: Record<string, string>; body: Uint8Array } | null;
};

/** Bytes of an answer that are kept at most. */
const MAX_STORED_ANSWER = 256 * 1024;

const batched = microBatch((outcomes: CallOutcome[]) => completeRequests(outcomes), {
  maxSize: 64,
  lanes: 2,
  onBatch: (size) => metrics().batches.of("complete").observe(size),
  alone: isDataError,
});

/** What most calls are: served, and paid for by the flow alone. */
const plain = microBatch((outcomes: CallOutcome[]) => completePlainRequests(outcomes), {
  maxSize: 64,
  lanes: 2,
  onBatch: (size) => metrics().batches.of("complete").observe(size),
  alone: isDataError,
});

/** Ends one paid call. True when this call ended it, false when it had ended before (a sweep voids stale ones). */
export async function completeRequest(outcome: CallOutcome): Promise<boolean> {
  return (outcome.outcome === "served" && (await plain(outcome))) || batched(outcome);
}

/** One round trip for many: `complete_requests`. */
export function completeRequests(
  outcomes: readonly CallOutcome[],
  db: Queryable = pool(),
): Promise<boolean[]> {
  return callLedger("complete_requests", outcomes.map(toRow), z.array(z.boolean()), db);
}

/** The answer as it is kept, or null when there is none or it is too large. */
export function keptAnswer({ answer }: CallOutcome): (CallOutcome["answer"] & {}) | null {
  return answer && answer.body.byteLength <= MAX_STORED_ANSWER ? answer : null;
}

function toRow(outcome: CallOutcome) {
  const { receipt, answer: _whole, ...rest } = outcome;
  const kept = keptAnswer(outcome);
  return {
    ...rest,
    receipt: receipt && JSON.stringify(receipt),
    answerHeaders: kept?.headers,
    answerBody: kept && Buffer.from(kept.body).toString("base64"),
  };
}
