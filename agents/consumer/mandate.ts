import { amountOver, PERIODS_MS, perDay } from "@/lib/domain/rate";

/** What a person lets the agent buy. Amounts are base units of the ledger's dollar. */
export type Mandate = {
  /** Either what providers can do, or the exact model that they serve. */
  wanted: { capability: string } | { model: string };
  /** Of the provider's service; absent: the one that takes a prompt. */
  service?: string;
  maxRatePerDay: bigint;
  /** Most that all segments together may cost. What is not known to have come back counts as spent. */
  budget: bigint;
  /** The provider's median answer to a probe; absent: any. */
  maxLatencyMs?: number;
  /** How long one provider may take; the deposit of a stream lasts as long. */
  sessionMs: number;
};

export type Health = "up" | "unknown" | "degraded" | "down";

/** One provider's price for what is wanted. */
export type Offer = {
  providerId: string;
  name: string;
  /** Who is paid, in lower case. */
  owner: string;
  model: string | null;
  /** A path on the site. */
  service: { slug: string; method: string; path: string };
  tier: string;
  ratePerDay: bigint;
  /** The least that the provider lets a stream begin with; what is not used comes back. */
  requiredDeposit: bigint;
  health: Health;
  /** Median of the last day's probes; null when there is none. */
  latencyMs: number | null;
};

/** A part of a purchase: one stream to one provider. Amounts are base units. */
export type Segment = {
  provider: string;
  stream: string | null;
  rail: string;
  tier: string;
  ratePerDay: bigint;
  startedMs: number;
  endedMs: number;
  outcome: "served" | "failed";
  /** Why it failed; null when it served. */
  reason: string | null;
  deposit: bigint;
  /** Null while the settlement is not known: the whole deposit counts as spent until then. */
  paid: bigint | null;
  refunded: bigint | null;
  /** Of the call, on the site; null when there is none: what fails costs no call. */
  receipt: string | null;
};

const HEALTH_ORDER: readonly Health[] = ["up", "unknown", "degraded"];

/**
 * Whom to ask, in this order: those who were seen to work before those of whom nothing is known before those in trouble, the cheapest of
 * each first, of the same price the quickest. Left out: who is down, too dear, too slow, or of unknown speed when speed was asked for.
 */
export function rankOffers(
  offers: readonly Offer[],
  { maxRatePerDay, maxLatencyMs }: Pick<Mandate, "maxRatePerDay" | "maxLatencyMs">,
): Offer[] {
  const quickEnough = ({ latencyMs }: Offer) =>
    maxLatencyMs === undefined || (latencyMs !== null && latencyMs <= maxLatencyMs);
  return offers
    .filter((offer) => offer.health !== "down" && offer.ratePerDay <= maxRatePerDay && quickEnough(offer))
    .sort(
      (a, b) =>
        HEALTH_ORDER.indexOf(a.health) - HEALTH_ORDER.indexOf(b.health) ||
        (a.ratePerDay < b.ratePerDay ? -1 : a.ratePerDay > b.ratePerDay ? 1 : 0) ||
        (a.latencyMs ?? Number.POSITIVE_INFINITY) - (b.latencyMs ?? Number.POSITIVE_INFINITY) ||
        (a.providerId < b.providerId ? -1 : 1),
    );
}

/** What the segments have cost at most. */
export function spentBy(segments: readonly Pick<Segment, "deposit" | "paid">[]): bigint {
  return segments.reduce((sum, { deposit, paid }) => sum + (paid ?? deposit), 0n);
}

/**
 * What to lock for the next segment: the flow of a whole session, rounded up, or what is left of the budget; at least what the provider asks for.
 *
 * @returns null when what is left is less than the provider asks for
 */
export function nextDeposit(
  { budget, sessionMs }: Pick<Mandate, "budget" | "sessionMs">,
  { ratePerDay, requiredDeposit }: Pick<Offer, "ratePerDay" | "requiredDeposit">,
  segments: readonly Pick<Segment, "deposit" | "paid">[],
): bigint | null {
  const left = budget - spentBy(segments);
  if (left <= 0n || requiredDeposit > left) return null;
  const session = amountOver(perDay(ratePerDay), BigInt(sessionMs), "ceil");
  const wanted = session > requiredDeposit ? session : requiredDeposit;
  return wanted < left ? wanted : left;
}

/** The price of a day at a price of a second, in base units. */
export function ratePerDayOf(perSecond: bigint): bigint {
  return (perSecond * PERIODS_MS.day) / 1_000n;
}
