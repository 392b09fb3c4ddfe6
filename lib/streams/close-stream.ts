import "server-only";
import type { Queryable } from "@/lib/db/pool";
import type { Asset } from "@/lib/domain/asset";
import { actOnStream, type StreamOperation } from "./act-on-stream";
import type { StreamView } from "./stream-view";

/** What closing did with the deposit, in base units: `totalPaid + refund = funded` once settled. */
export type Settlement = {
  /** `closing` while a paid call under way still holds money; a sweep settles it within minutes. */
  status: "settled" | "closing";
  streamId: string;
  totalPaid: bigint;
  refund: bigint;
  asset: Asset;
  stream: StreamView;
};

/**
 * Stops a stream for its sender or receiver, pays the one and refunds the other. Closing a closed stream answers with the
 * same settlement and moves nothing.
 */
export async function closeStream(input: StreamOperation, db?: Queryable): Promise<Settlement> {
  const stream = await actOnStream("close_stream", input, {}, db);
  return {
    status: stream.status === "settled" ? "settled" : "closing",
    streamId: stream.id,
    totalPaid: stream.billed,
    refund: stream.refunded,
    asset: stream.asset,
    stream,
  };
}
