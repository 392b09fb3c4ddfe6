import "server-only";
import { pool, type Queryable } from "@/lib/db/pool";
import { callLedgerRows } from "@/lib/ledger/call-ledger";
import { type CallOutcome, keptAnswer } from "./complete-request";

const TEXT = "select complete_plain_requests($1, $2, $3, $4, $5, $6) as id";

/**
 * Ends calls that were served and have no price of their own, in one set-based statement. False where a call was priced or
 * had ended before, with nothing written for it: `completeRequests` then decides.
 */
export async function completePlainRequests(
  outcomes: readonly CallOutcome[],
  db: Queryable = pool(),
): Promise<boolean[]> {
  const rows = await callLedgerRows<{ id: string }>(TEXT, columns(outcomes), db);
  const ended = new Set(rows.map(({ id }) => id));
  // The same call twice in one batch is ended once.
  return outcomes.map(({ requestId }) => ended.delete(requestId));
}

function columns(outcomes: readonly CallOutcome[]): unknown[][] {
  const answers = outcomes.map(keptAnswer);
  return [
    outcomes.map(({ requestId }) => requestId),
    outcomes.map(({ status }) => status),
    outcomes.map(({ responseDigest }) => responseDigest),
    outcomes.map(({ receipt }) => receipt && JSON.stringify(receipt)),
    answers.map((answer) => answer && JSON.stringify(answer.headers)),
    answers.map((answer) => answer && asBuffer(answer.body)),
  ];
}

/** The driver writes a Buffer as bytes, any other array as an array of numbers. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
