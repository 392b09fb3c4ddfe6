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
import type { Block } from "../block";
import { chainStreamId } from "../chain-stream-id";
import { findListings, findStoredTerms, type TierPrice, termsOf } from "../listing";

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
 * token that is no dollar, a rate below every tier. One whose events are gone is for `failLostStreams`.
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
  if (!folded) return null;

  const bought = await findBought(db, name, folded);
  if (!bought) return null;
  const { sender, receiver, openedTx } = folded;
  const { providerId, tier, tiers, asset } = bought;
  return callLedger(
    "mirror_stream",
    {
      ...name,
      contract,
      openedTx,
      rail: "streampay",
      block,
      stream: { id: chainStreamId(name), sender, receiver, providerId, tier, asset },
      terms: termsOf(tiers),
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

type Bought = { providerId: string; tier: string; tiers: readonly TierPrice[]; asset: string };

/**
 * What the stream buys: the listing of its receiver that its tag names, at the best tier that its rate pays for, by the prices
 * that held when it was first seen.
 */
async function findBought(
  db: Queryable,
  name: { chainId: number; subject: string },
  stream: EscrowStream,
): Promise<Bought | null> {
  const asset = `eip155:${name.chainId}/erc20:${stream.token}`;
  const { rows } = await db.query<{ worth: string }>({
    text: "select worth from asset where id = $1 and worth is not null",
    values: [asset],
  });
  const [dollar] = rows;
  if (!dollar) return null;
  const opened = (await findStoredTerms(db, name.chainId, name.subject)).get(name.subject);
  const of = opened ?? (await findListings(db, stream.receiver)).find(({ tag }) => tag === stream.tag);
  const tier = of && tierPaidBy(stream.rate, BigInt(dollar.worth), of.tiers);
  return tier ? { providerId: of.providerId, tier: tier.name, tiers: of.tiers, asset } : null;
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
