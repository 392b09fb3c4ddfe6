import "server-only";
import { pool } from "@/lib/db/pool";
import { ProblemError } from "@/lib/errors";

/** A paid call as it was logged. */
export type RequestView = {
  id: string;
  streamId: string | null;
  seq: bigint | null;
  providerId: string;
  serviceId: string | null;
  payer: string;
  requestType: string;
  method: string;
  path: string;
  via: string;
  decision: string;
  state: "open" | "served" | "voided" | "denied";
  accrued: bigint | null;
  price: bigint;
  atMs: bigint;
  completedMs: bigint | null;
  httpStatus: number | null;
  requestDigest: string | null;
  responseDigest: string | null;
  receipt: Record<string, unknown> | null;
};

const text = `select id, stream_id as "streamId", seq, provider_id as "providerId", service_id as "serviceId", payer,
  request_type as "requestType", method, path, via, decision, state, accrued, price, at_ms as "atMs",
  completed_ms as "completedMs", http_status as "httpStatus", request_digest as "requestDigest",
  response_digest as "responseDigest", receipt
  from request left join request_answer on request_id = id where id = $1 and ($2::text is null or payer = $2)`;

/**
 * One paid call. With an `actor` only its own; without, by its unguessable id alone (receipts).
 *
 * @throws ProblemError `request-not-found`, the same for a call of somebody else
 */
export async function getRequest(requestId: string, actor: string | null): Promise<RequestView> {
  const { rows } = await pool().query(text, [requestId, actor?.toLowerCase() ?? null]);
  const row = rows[0];
  if (!row) throw new ProblemError("request-not-found", "No such request.");
  return {
    ...row,
    seq: whole(row.seq),
    accrued: whole(row.accrued),
    price: BigInt(row.price),
    atMs: BigInt(row.atMs),
    completedMs: whole(row.completedMs),
    receipt: row.receipt === null ? null : JSON.parse(row.receipt),
  };
}

function whole(value: string | null): bigint | null {
  return value === null ? null : BigInt(value);
}
