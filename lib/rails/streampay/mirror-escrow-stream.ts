import "server-only";
import { z } from "zod";
import type { Queryable } from "@/lib/db/pool";
import {
  type EscrowEvent,
  type EscrowStream,
  foldEscrowStream,
  tierPaidBy,
} from "@/lib/domain/escrow-stream";
import { callLedger } from "@/lib/ledger/call-ledger";
import { chainStreamId } from "../chain-stream-id";

export type Block = { number: bigint; hash: string; atMs: bigint };

export type EscrowSource = {
  chainId: number;
  /** Of `StreamPay`, lower case. */
  contract: string;
  /** On the chain. */
  id: bigint;
};

/**
 * Brings the mirror of one stream of `StreamPay` to what its events say as of `block`: opens it in the market when its money
 * reaches a provider of ours, follows it, and settles it. Streams that are none of ours are left alone: another receiver, a
 * token that is no dollar, a rate below every tier.
 *
 * @param events all of the stream that the canonical chain has, oldest first
 * @returns the id of our stream, null when there is none
 */
export async function mirrorEscrowStream(
  db: Queryable,
  source: EscrowSource,
  events: readonly EscrowEvent[],
  block: Block,
): Promise<string | null> {
  const { chainId, contract, id } = source;
  const name = { chainId, subject: `streampay:${contract}:${id}` };
  const folded = foldEscrowStream(events);
  if (!folded) return callLedger("fail_stream", name, z.string().nullable(), db);

  const market = await findListing(db, chainId, folded);
  if (!market) return null;
  const { sender, receiver, openedTx } = folded;
  const { providerId, tier, asset } = market;
  return callLedger(
    "mirror_stream",
    {
      ...name,
      contract,
      openedTx,
      rail: "streampay",
      block,
      stream: { id: chainStreamId(name), sender, receiver, providerId, tier, asset },
      facts: factsOf(folded, tier),
      entries: folded.movements.map(({ kind, amount, atMs, tx, nth }) => ({
        key: `chain:${chainId}:${tx}:${id}:${nth}:${kind}`,
        kind,
        amount,
        atMs,
        tx,
      })),
    },
    z.string().nullable(),
    db,
  );
}

type Listing = { providerId: string; tier: string; asset: string };

/** What is bought: the listing of the receiver that the stream's tag names, at the best tier that its rate pays for. */
async function findListing(db: Queryable, chainId: number, stream: EscrowStream): Promise<Listing | null> {
  const asset = `eip155:${chainId}/erc20:${stream.token}`;
  const { rows } = await db.query<{
    provider_id: string;
    name: string;
    rate_amount: string;
    rate_period_ms: string;
    worth: string;
  }>({
    text: `select p.id as provider_id, t.name, t.rate_amount, t.rate_period_ms, a.worth
      from provider p join provider_tier t on t.provider_id = p.id join asset a on a.id = $3 and a.worth is not null
      where p.owner = $1 and provider_tag(p.id) = $2`,
    values: [stream.receiver, stream.tag, asset],
  });
  const [first] = rows;
  if (!first) return null;
  const tiers = rows.map(({ name, rate_amount, rate_period_ms }) => ({
    name,
    rate: { amount: BigInt(rate_amount), periodMs: BigInt(rate_period_ms) },
  }));
  const tier = tierPaidBy(stream.rate, BigInt(first.worth), tiers);
  return tier ? { providerId: first.provider_id, tier: tier.name, asset } : null;
}

/** As `mirror_stream` takes them. */
function factsOf(stream: EscrowStream, tier: string) {
  const { status, funded, billed, refunded, closedMs, closeCause, rate, startMs, end } = stream;
  return {
    status,
    funded,
    billed,
    refunded,
    closedMs,
    closeCause,
    segments: [
      {
        tier,
        rateAmount: rate.amount,
        ratePeriodMs: rate.periodMs,
        startMs,
        startCause: "open",
        endMs: end?.ms ?? null,
        endCause: end?.cause ?? null,
        endNum: end?.accrued.num ?? null,
        endDen: end?.accrued.den ?? null,
      },
    ],
  };
}
