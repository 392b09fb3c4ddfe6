import "server-only";
import { z } from "zod";
import type { Queryable } from "@/lib/db/pool";
import { tierPaidBy } from "@/lib/domain/escrow-stream";
import {
  type AllocationLife,
  accruedAtLastChange,
  allocateFlow,
  type FlowEvent,
  fundedByBalance,
  type RealTimeBalance,
} from "@/lib/domain/flow-allocations";
import { flowRatePerSecond } from "@/lib/domain/rate";
import { callLedger } from "@/lib/ledger/call-ledger";
import type { Block } from "../block";
import { chainStreamId } from "../chain-stream-id";
import { findListings, findStoredTerms, type Listing, type TierPrice, termsOf } from "../listing";

/** A flow on a chain; addresses in lower case. */
export type FlowName = { chainId: number; token: string; sender: string; receiver: string };

/**
 * Brings the mirrors of one flow's streams to what its events say as of `block`: a stream of ours for each listing and life. What
 * funds them is the sender's whole balance: they are dry when that turns critical.
 *
 * @param events all of the flow that the canonical chain has, oldest first
 * @param of.balance the sender's, at or before `block`
 * @param of.whole whether these are all events there are: then a stream that they do not tell of was taken back
 * @returns the ids of our streams that the flow feeds or has fed
 */
export async function mirrorFlow(
  db: Queryable,
  flow: FlowName,
  events: readonly FlowEvent[],
  { balance, block, whole }: { balance: RealTimeBalance; block: Block; whole: boolean },
): Promise<string[]> {
  const { market, lives } = await allocate(db, flow, events);
  const ids: string[] = [];
  for (const life of lives) {
    const bought = market.bought(life.tag, life.nth);
    const id = bought && (await mirrorLife(db, { flow, life, bought, balance, block }));
    if (id) ids.push(id);
  }
  if (!whole) return ids;
  const standing = new Set(lives.map((life) => subjectOf(flow, life)));
  for (const subject of market.mirrored)
    if (!standing.has(subject))
      await callLedger("fail_stream", { chainId: flow.chainId, subject }, z.string().nullable(), db);
  return ids;
}

/** Who gets what of a flow, by its events and by what its receiver sells. */
export async function allocate(db: Queryable, flow: FlowName, events: readonly FlowEvent[]) {
  const market = await findMarket(db, flow);
  const lives = allocateFlow(events, {
    sole: market.sole,
    least: (tag, nth) => leastRate(market.bought(tag, nth)?.tiers ?? []),
  });
  return { market, lives };
}

function flowSubject({ token, sender, receiver }: FlowName): string {
  return `flow:${token}:${sender}:${receiver}`;
}

function subjectOf(flow: FlowName, { tag, nth }: { tag: bigint; nth: number }): string {
  return `${flowSubject(flow)}:${tag}:${nth}`;
}

/** @param subject as `subjectOf` makes it */
function tagOf(subject: string): bigint {
  return BigInt(subject.split(":")[4] ?? "");
}

function assetOf({ chainId, token }: FlowName): string {
  return `eip155:${chainId}/erc20:${token}`;
}

type Bought = { providerId: string; tiers: readonly TierPrice[] };

/** What the flow's receiver sells for this token: lives that are mirrored keep the prices that they were opened at. */
async function findMarket(db: Queryable, flow: FlowName) {
  const { rows } = await db.query({
    text: "select 1 from asset where id = $1 and worth = 1",
    values: [assetOf(flow)],
  });
  const listings = rows.length > 0 ? await findListings(db, flow.receiver) : [];
  const stored = await findStoredTerms(db, flow.chainId, flowSubject(flow));
  return {
    /** What a flow without a word was opened for stays so, whatever its receiver lists later. */
    sole(run: readonly FlowEvent[]): bigint | null {
      const known = [...stored].find(([, { openedTx }]) => run.some(({ tx }) => tx === openedTx));
      return known ? tagOf(known[0]) : soldAt(listings, run[0]?.rate ?? 0n);
    },
    mirrored: [...stored.keys()],
    bought: (tag: bigint, nth: number): Bought | undefined =>
      stored.get(subjectOf(flow, { tag, nth })) ?? listings.find((listing) => listing.tag === tag),
  };
}

/**
 * Which listing a flow is for whose sender says nothing that we read, as the flows of a session do: the only one that there is, else the only one
 * that has a tier of exactly this price. Null when several have: to guess would be to sell something that nobody asked for.
 */
function soldAt(listings: readonly Listing[], rate: bigint): bigint | null {
  const [only, second] = listings;
  if (!second) return only?.tag ?? null;
  const [match, another] = listings.filter(({ tiers }) =>
    perSecond(tiers).some((tier) => tier.rate.amount === rate),
  );
  return match && !another ? match.tag : null;
}

/** A flow is whole base units a second: a tier is paid by its rate rounded down to that, and by no less than one. */
function perSecond(
  tiers: readonly TierPrice[],
): { name: string; rate: { amount: bigint; periodMs: bigint } }[] {
  return tiers.map(({ name, rate }) => {
    const floored = flowRatePerSecond(rate);
    return { name, rate: { amount: floored > 0n ? floored : 1n, periodMs: 1_000n } };
  });
}

function leastRate(tiers: readonly TierPrice[]): bigint | null {
  const rates = perSecond(tiers).map(({ rate }) => rate.amount);
  return rates.reduce<bigint | null>((least, rate) => (least === null || rate < least ? rate : least), null);
}

type Mirrored = {
  flow: FlowName;
  life: AllocationLife;
  bought: Bought;
  balance: RealTimeBalance;
  block: Block;
};

function mirrorLife(db: Queryable, { flow, life, bought, balance, block }: Mirrored): Promise<string | null> {
  const { chainId, token, sender, receiver } = flow;
  const name = { chainId, subject: subjectOf(flow, life) };
  const prices = perSecond(bought.tiers);
  const segments = life.segments.map(({ rate, startMs, endMs, accrued }, n) => ({
    tier: tierPaidBy({ amount: rate, periodMs: 1_000n }, 1n, prices)?.name,
    rateAmount: rate,
    ratePeriodMs: 1_000n,
    startMs,
    startCause: n === 0 ? "open" : "rate",
    endMs,
    endCause: endMs === null ? null : n === life.segments.length - 1 ? "close" : "rate",
    endNum: accrued?.num ?? null,
    endDen: accrued?.den ?? null,
  }));
  const accrued = accruedAtLastChange(life);
  const over = life.closedMs !== null;
  return callLedger(
    "mirror_stream",
    {
      ...name,
      contract: token,
      openedTx: life.openedTx,
      rail: "superfluid",
      block,
      stream: {
        id: chainStreamId(name),
        sender,
        receiver,
        providerId: bought.providerId,
        tier: segments[0]?.tier,
        asset: assetOf(flow),
      },
      terms: termsOf(bought.tiers),
      facts: {
        status: over ? "settled" : "active",
        funded: over ? accrued : fundedByBalance(life, balance),
        billed: accrued,
        refunded: 0n,
        closedMs: life.closedMs,
        closeCause: life.closeCause,
        segments,
      },
      entries: [],
    },
    z.string().nullable(),
    db,
  );
}
