import { buyAnswer, type Purchase } from "./buy-answer";
import { type Mandate, nextDeposit, type Offer, rankOffers, type Segment, spentBy } from "./mandate";

/** One purchase, whoever served it: what was paid to whom adds up to `paid`. Amounts are base units of the ledger's dollar. */
export type MandateReceipt = {
  answer: string | null;
  /** Why there is no answer; null when there is one. */
  reason: string | null;
  segments: Segment[];
  /** At most: what is not settled yet counts with its whole deposit. */
  paid: bigint;
  budget: bigint;
};

/**
 * Buys one answer: from the best offer, and when that fails from the next, in one accounting. Before a stream is opened the last one is settled, so that no
 * more than the budget can be gone at any moment.
 *
 * @param bodyFor what to send to a provider
 */
export async function runMandate(
  mandate: Mandate,
  offers: readonly Offer[],
  bodyFor: (offer: Offer) => string | null,
  purchase: Purchase,
): Promise<MandateReceipt> {
  const segments: Segment[] = [];
  const end = (answer: string | null, reason: string | null): MandateReceipt => ({
    ...{ answer, reason, segments, paid: spentBy(segments), budget: mandate.budget },
  });
  const ranked = rankOffers(offers, mandate);
  if (ranked.length === 0)
    return end(null, offers.length ? "Every offer is down, too dear or too slow." : "Nobody offers it.");
  for (const offer of ranked) {
    const deposit = nextDeposit(mandate, offer, segments);
    if (deposit === null) continue;
    const { maxRatePerDay, sessionMs } = mandate;
    const { segment, answer, retriable } = await buyAnswer(
      offer,
      bodyFor(offer),
      { deposit, maxRatePerDay, sessionMs },
      purchase,
    );
    segments.push(segment);
    if (answer !== null) return end(answer, null);
    if (!retriable) return end(null, segment.reason);
  }
  const failed = segments.length > 0 ? "Every provider that the budget allows has failed." : null;
  return end(null, failed ?? "Every offer asks for a deposit above the budget.");
}
