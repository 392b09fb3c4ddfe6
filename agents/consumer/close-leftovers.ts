import type { SiteApi } from "../client/site-api";
import type { OpenBook, OpenEntry } from "./open-book";
import { type Settlement, settleStreams } from "./settle-streams";

/**
 * Closes what runs that were killed have left open. What cannot be closed now stays in the book.
 *
 * @param closeOnChain of the entry's rail; null for the ledger
 */
export async function closeLeftovers(
  place: { site: string; payer: string; book: OpenBook; api: () => Promise<SiteApi> },
  closeOnChain: (entry: OpenEntry) => (() => Promise<boolean>) | null,
): Promise<{ closed: Settlement[]; failed: { entry: OpenEntry; error: unknown }[] }> {
  const closed: Settlement[] = [];
  const failed: { entry: OpenEntry; error: unknown }[] = [];
  for (const { entry, strike } of place.book.leftovers(place.site, place.payer)) {
    try {
      closed.push(...(await settleStreams(await place.api(), entry, closeOnChain(entry))));
      strike();
    } catch (error) {
      failed.push({ entry, error });
    }
  }
  return { closed, failed };
}
