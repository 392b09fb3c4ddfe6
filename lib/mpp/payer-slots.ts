import { ProblemError } from "@/lib/errors";

/**
 * Bounds how many long answers one payer holds open at once in this process, so that one agent cannot fill all places of a
 * provider with streams that never end.
 */
export function createPayerSlots(options: { perPayer: number }) {
  const held = new Map<string, number>();

  /**
   * Takes a slot and returns the function that gives it back, once.
   *
   * @throws ProblemError `rate-limited` with `retryAfterSeconds`
   */
  function take(payer: string): () => void {
    const count = held.get(payer) ?? 0;
    if (count >= options.perPayer)
      throw new ProblemError(
        "rate-limited",
        `At most ${options.perPayer} event streams at once. Nothing was charged.`,
        {
          extensions: { retryAfterSeconds: 5 },
        },
      );
    held.set(payer, count + 1);

    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (held.get(payer) ?? 1) - 1;
      if (left === 0) held.delete(payer);
      else held.set(payer, left);
    };
  }

  return { take };
}

export type PayerSlots = ReturnType<typeof createPayerSlots>;
