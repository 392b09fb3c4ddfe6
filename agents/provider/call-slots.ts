import { Refusal } from "./refusal";

/**
 * Bounds the answers that are made at once: in all, so that the model keeps up, and for one stream, because its price buys time and not
 * as many answers as fit in it.
 */
export function createCallSlots(options: { max: number; perStream: number }) {
  const held = new Map<string, number>();
  let all = 0;

  /**
   * Takes a place and returns the function that gives it back, once.
   *
   * @throws Refusal `inference-busy` or `rate-limited`, with `Retry-After`
   */
  function take(streamId: string): () => void {
    const headers = { "retry-after": "2" };
    if (all >= options.max)
      throw new Refusal("inference-busy", "The model is busy. Nothing was charged; try again.", { headers });
    const mine = held.get(streamId) ?? 0;
    if (mine >= options.perStream)
      throw new Refusal("rate-limited", `One stream pays for ${options.perStream} answers at once.`, {
        headers,
      });
    held.set(streamId, mine + 1);
    all += 1;

    let given = false;
    return () => {
      if (given) return;
      given = true;
      all -= 1;
      const left = (held.get(streamId) ?? 1) - 1;
      if (left === 0) held.delete(streamId);
      else held.set(streamId, left);
    };
  }

  return { take, taken: () => all };
}

export type CallSlots = ReturnType<typeof createCallSlots>;
