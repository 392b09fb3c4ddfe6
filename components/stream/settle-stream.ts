import { z } from "zod";
import { paths } from "@/lib/paths";

const units = z.string().transform((digits) => BigInt(digits));
const closed = z.object({ status: z.enum(["settled", "closing"]), totalPaid: units, refund: units });
const collected = z.object({ billed: units });
const page = z.object({ streams: z.int(), collected: units, after: z.string().nullable() });
const problem = z.object({ detail: z.string() });

/** What ending a stream, or collecting from it, came to, in base units. */
export type Settled = { paid: bigint; returned: bigint; waits: boolean };

/**
 * Closes a stream over the API. A server action would do too, but Next runs a page's actions one after the other.
 *
 * @throws Error with a sentence for the reader
 */
export async function closeOverApi(streamId: string, idempotencyKey: string): Promise<Settled> {
  const path = `${paths.api.stream(streamId)}/close`;
  const { status, totalPaid, refund } = await post(path, { idempotencyKey }, closed);
  return { paid: totalPaid, returned: refund, waits: status === "closing" };
}

/**
 * Collects what a stream has earned over the API.
 *
 * @param billedBefore what had been paid out before, to tell what this call brought
 * @throws Error with a sentence for the reader
 */
export async function collectOverApi(
  streamId: string,
  idempotencyKey: string,
  billedBefore: bigint,
): Promise<Settled> {
  const { billed } = await post(`${paths.api.stream(streamId)}/collect`, { idempotencyKey }, collected);
  return { paid: billed - billedBefore, returned: 0n, waits: false };
}

/** What one call collected, from how many streams, and where the next one goes on; `after` is null when that was all. */
export type CollectedPage = z.output<typeof page>;

/**
 * Collects from streams that the signed-in account receives, as many as the server does in one call. It takes no key: what
 * was collected once is not there to be collected again.
 *
 * @param after where an earlier call stopped; null to begin
 * @throws Error with a sentence for the reader
 */
export function collectPageOverApi(after: string | null): Promise<CollectedPage> {
  return post(`${paths.api.streams}/collect`, { body: after === null ? {} : { after } }, page);
}

type Sent = { idempotencyKey?: string; body?: object };

async function post<Answer extends z.ZodType>(
  path: string,
  { idempotencyKey, body: sent }: Sent,
  answer: Answer,
): Promise<z.output<Answer>> {
  const response = await fetch(path, {
    method: "POST",
    headers: {
      ...(idempotencyKey ? { "Idempotency-Key": idempotencyKey } : {}),
      ...(sent ? { "Content-Type": "application/json" } : {}),
    },
    body: sent ? JSON.stringify(sent) : null,
  }).catch(() => {
    throw new Error("No answer came back. Trying again never does it twice.");
  });
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok)
    throw new Error(problem.safeParse(body).data?.detail ?? `The server answered ${response.status}.`);
  return answer.parse(body);
}
