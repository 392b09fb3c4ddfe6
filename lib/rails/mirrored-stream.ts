import "server-only";
import type { Address } from "viem";
import type { Queryable } from "@/lib/db/pool";
import type { Rate } from "@/lib/domain/rate";
import { ProblemError } from "@/lib/errors";
import type { RailId } from "./rail";

/** Where one of our streams stands on a chain, and what our mirror says of it. Addresses in lower case. */
export type MirroredStream = {
  /** Its name there, of which `contract` is the token on Superfluid. */
  subject: string;
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

/** @throws ProblemError `stream-not-found` unless the stream is on that rail of that chain, and `actor` (if given) one of its ends */
export async function getMirroredStream(
  db: Queryable,
  of: { rail: RailId; chainId: number; streamId: string; actor?: string },
): Promise<MirroredStream> {
  const { rows } = await db.query({
    text: `select c.subject, c.contract, s.sender, s.receiver, provider_tag(s.provider_id)::text as tag, s.status, s.rate_amount, s.rate_period_ms, s.opened_ms, s.billed, s.refunded,
        a.id as asset, a.symbol, a.decimals, a.address
      from chain_stream c join stream s on s.id = c.stream_id join asset a on a.id = s.asset
      where s.id = $1 and s.rail = $2 and c.chain_id = $3 and ($4::text is null or $4 in (s.sender, s.receiver))`,
    values: [of.streamId, of.rail, of.chainId, of.actor?.toLowerCase() ?? null],
  });
  const [row] = rows;
  if (!row) throw new ProblemError("stream-not-found", "Stream not found.");
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
}
