import { paths } from "@/lib/paths";

/** Of the stream as the API tells it, what says that it is the one. */
type Told = {
  id: string;
  rail: string;
  status: string;
  tier: string;
  provider: { id: string };
  chain: { openedTx: string } | null;
};

type Wanted = { rail: string; providerId: string; tier: string; hash: string };

/** The index of the chain is behind a block by less than a second; a slow one is left to its page. */
const GIVE_UP_MS = 45_000;
const STEP_MS = 300;

/**
 * Waits until the market has read a stream that was opened on the chain.
 *
 * @returns its id; null when that takes too long, which says nothing about the stream
 */
export async function findOpenedStream(wanted: Wanted): Promise<string | null> {
  const untilMs = performance.now() + GIVE_UP_MS;
  while (performance.now() < untilMs) {
    const found = (await newestStreams()).find((stream) => isIt(stream, wanted));
    if (found) return found.id;
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  return null;
}

/** A flow is one for each pair: opening another plan of the same provider changes the stream that is there. */
function isIt({ rail, status, tier, provider, chain }: Told, wanted: Wanted): boolean {
  if (chain?.openedTx.toLowerCase() === wanted.hash.toLowerCase()) return true;
  return (
    wanted.rail === "superfluid" &&
    rail === "superfluid" &&
    status === "active" &&
    provider.id === wanted.providerId &&
    tier === wanted.tier
  );
}

async function newestStreams(): Promise<Told[]> {
  try {
    const response = await fetch(`${paths.api.streams}?role=sender&limit=20`, { cache: "no-store" });
    const page = (await response.json()) as { items?: Told[] };
    return page.items ?? [];
  } catch {
    return []; // A lost connection is asked again.
  }
}
