import "server-only";
import type { Address } from "viem";
import type { Queryable } from "@/lib/db/pool";
import type { Rate } from "@/lib/domain/rate";
import { ProblemError } from "@/lib/errors";
import type { RailId } from "./rail";

/** Where one of our streams stands on a chain, and what our mirror says of it. Addresses in lower case. */
export type MirroredStream = {
  /** Its name there. */
  subject: string;
  /** Which StreamPay holds its money, also when another is in the settings by now; on Superfluid the token. */
  contract: Address;
  sender: Address;
  receiver: Address;
  tag: bigint;
  asset: { id: string; symbol: string; decimals: number; address: Address };
  status: string;
  rate: Rate;
  openedMs: bigint;
  billed: bigint;
  refunded: bigint;
};

type Asked = { rail: RailId; chainId: number; actor?: string | undefined };

/** @throws ProblemError `stream-not-found` unless the stream is on that rail of that chain, and `actor` (if given) one of its ends */
export async function getMirroredStream(
  db: Queryable,
  { streamId, ...of }: Asked & { streamId: string },
): Promise<MirroredStream> {
  const [stream] = await listMirroredStreams(db, { ...of, streamIds: [streamId] });
  if (!stream) throw notFound();
  return stream;
}

/** The same for many, in the order of their ids. @throws ProblemError `stream-not-found` when one of them is not there */
export async function listMirroredStreams(
  db: Queryable,
  of: Asked & { streamIds: readonly string[] },
): Promise<MirroredStream[]> {
  const ids = [...new Set(of.streamIds)];
  const { rows } = await db.query({
    text: `select c.subject, c.contract, s.sender, s.receiver, provider_tag(s.provider_id)::text as tag, s.status,
        s.rate_amount, s.rate_period_ms, s.opened_ms, s.billed, s.refunded, a.id as asset, a.symbol, a.decimals, a.address
      from chain_stream c join stream s on s.id = c.stream_id join asset a on a.id = s.asset
      where s.id = any($1) and s.rail = $2 and c.chain_id = $3 and ($4::text is null or $4 in (s.sender, s.receiver))
      order by s.id`,
    values: [ids, of.rail, of.chainId, of.actor?.toLowerCase() ?? null],
  });
  if (rows.length !== ids.length) throw notFound();
  return rows.map((row) => {
    const { subject, contract, sender, receiver, status, symbol, decimals, address } = row;
    return {
      ...{ subject, contract, sender, receiver, status },
      tag: BigInt(row.tag),
      asset: { id: row.asset, symbol, decimals, address },
      rate: { amount: BigInt(row.rate_amount), periodMs: BigInt(row.rate_period_ms) },
      openedMs: BigInt(row.opened_ms),
      billed: BigInt(row.billed),
      refunded: BigInt(row.refunded),
    };
  });
}

function notFound(): ProblemError {
  return new ProblemError("stream-not-found", "Stream not found.");
}
