import "server-only";
import { pool } from "@/lib/db/pool";

export type StoredAnswer = {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
  receipt: Readonly<Record<string, unknown>> | null;
};

/** The stored answer of a paid call, or null when it was too large to keep or its 24 h are over. */
export async function findAnswer(requestId: string): Promise<StoredAnswer | null> {
  const { rows } = await pool().query<Omit<StoredAnswer, "receipt"> & { receipt: string | null }>({
    text: "select status, headers, body, receipt from request_answer where request_id = $1 and expires_ms > clock_ms()",
    values: [requestId],
  });
  const row = rows[0];
  return row ? { ...row, receipt: row.receipt === null ? null : JSON.parse(row.receipt) } : null;
}
