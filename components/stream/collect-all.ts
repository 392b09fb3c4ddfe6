import type { CollectedPage } from "./settle-stream";

/** What collecting has come to so far. */
export type Collected = CollectedPage & {
  /** An answer did not come: what that call collected, if anything, is in the wallet but not in `collected`. */
  partly: boolean;
};

export const nothingCollected: Collected = { streams: 0, collected: 0n, after: null, partly: false };

/**
 * Collects page after page until the server says that it was all. What fails can go on from where `report` was last told:
 * what was collected stays so.
 *
 * @param from what earlier tries came to
 * @throws what `ask` throws
 */
export async function collectAll(
  ask: (after: string | null) => Promise<CollectedPage>,
  from: Collected,
  report: (soFar: Collected) => void,
): Promise<Collected> {
  let soFar = from;
  do {
    try {
      const { streams, collected, after } = await ask(soFar.after);
      soFar = {
        ...soFar,
        streams: soFar.streams + streams,
        collected: soFar.collected + collected,
        after,
      };
      report(soFar);
    } catch (error) {
      report({ ...soFar, partly: true });
      throw error;
    }
  } while (soFar.after !== null);
  return soFar;
}
