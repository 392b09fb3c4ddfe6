import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { SiteApi } from "../client/site-api";

const units = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform(BigInt);
const streamShape = z.object({
  id: z.string(),
  rail: z.string(),
  provider: z.object({ id: z.string() }),
  status: z.string(),
  asset: z.object({ decimals: z.int() }),
  startedAtMs: z.int(),
  funded: units,
  billed: units,
  refunded: units,
});

/** Of one stream that has ended. Amounts are base units of the ledger's dollar (18 decimals), whatever it was paid in. */
export type Settlement = { stream: string; deposit: bigint; paid: bigint; refunded: bigint };

const PAGE = 100;
const ENDED = ["settled", "failed"];
/** A call under way holds the settlement up, and on a chain blocks have to come. */
const PATIENCE_MS = 30_000;
const POLL_MS = 250;

/**
 * Closes what this payer has opened to a provider since a moment, and waits until it is settled. Closing what is closed changes nothing.
 *
 * @param opened.sinceMs by the clock of the rail: older streams were opened by somebody else with the same key, and stay
 * @param closeOnChain ends what the site cannot end for us, and says whether there was something; null on the ledger
 * @throws Error when the site does not answer, or does not settle in 30 s: it may be called again
 */
export async function settleStreams(
  api: SiteApi,
  opened: { rail: string; providerId: string; sinceMs: number },
  closeOnChain: (() => Promise<boolean>) | null,
): Promise<Settlement[]> {
  let mine = await listOpened(api, opened);
  // What the site has not seen yet may be open on the chain all the same.
  if (closeOnChain && (mine.length === 0 || mine.some(isOpen)) && (await closeOnChain()))
    mine = await waitFor(
      () => listOpened(api, opened),
      (found) => found.length > 0,
      "The site has not seen the stream.",
    );
  const settled: Settlement[] = [];
  for (const stream of mine) {
    // The same key again is the same closing: a lost answer is asked for once more.
    if (!closeOnChain && isOpen(stream))
      await api.post(`/api/v1/streams/${stream.id}/close`, {}, `close-${stream.id}`);
    settled.push(await awaitSettlement(api, stream.id));
  }
  return settled;
}

const isOpen = ({ status }: { status: string }) => !ENDED.includes(status);

async function listOpened(
  api: SiteApi,
  { rail, providerId, sinceMs }: { rail: string; providerId: string; sinceMs: number },
) {
  const page = z.object({ items: z.array(streamShape) });
  const { items } = page.parse(await api.get(`/api/v1/streams?role=sender&limit=${PAGE}`));
  return items.filter(
    (stream) => stream.rail === rail && stream.provider.id === providerId && stream.startedAtMs >= sinceMs,
  );
}

async function awaitSettlement(api: SiteApi, id: string): Promise<Settlement> {
  const stream = await waitFor(
    async () => streamShape.parse(await api.get(`/api/v1/streams/${id}`)),
    (seen) => !isOpen(seen),
    `Stream ${id} does not settle.`,
  );
  const worth = 10n ** BigInt(18 - stream.asset.decimals);
  const { funded, billed, refunded } = stream;
  return { stream: id, deposit: funded * worth, paid: billed * worth, refunded: refunded * worth };
}

/** @throws Error with `late` after 30 s */
async function waitFor<T>(look: () => Promise<T>, isDone: (seen: T) => boolean, late: string): Promise<T> {
  const began = performance.now();
  for (;;) {
    const seen = await look();
    if (isDone(seen)) return seen;
    if (performance.now() - began > PATIENCE_MS) throw new Error(late);
    await sleep(POLL_MS);
  }
}
