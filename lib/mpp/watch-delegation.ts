import { setTimeout as sleep } from "node:timers/promises";
import type { DelegationEnd } from "@/lib/streams/delegation-end";

const POLL_MS = 1_000;

/**
 * Looks every `pollMs` whether the delegation by which a call was let in still holds, for as long as the call is answered: whoever revokes it
 * expects that it ends, and not that it ends with the answer.
 *
 * @param options.find the number of that delegation; null: the payer's own call, which is not watched
 * @param options.read why it does not hold any more
 * @param options.onEnd called once, when that is so
 */
export function watchDelegation(options: {
  find: () => Promise<bigint | null>;
  read: (nonce: bigint) => Promise<DelegationEnd | null>;
  onEnd: () => void;
  pollMs?: number;
}) {
  const { find, read, onEnd, pollMs = POLL_MS } = options;
  const over = new AbortController();
  let end: DelegationEnd | null = null;

  async function watch(): Promise<void> {
    let nonce: bigint | null | undefined;
    while (!over.signal.aborted) {
      try {
        if (nonce === undefined) nonce = await find();
        if (nonce === null) return;
        const why = await read(nonce);
        if (over.signal.aborted) return;
        end = why;
        if (end) return onEnd();
      } catch {
        // A ledger that is away for a moment ends nothing: it is asked again.
      }
      await sleep(pollMs, undefined, { signal: over.signal }).catch(() => {});
    }
  }
  void watch();

  return {
    /** Null while it holds. */
    get end(): DelegationEnd | null {
      return end;
    },
    stop: () => over.abort(),
  };
}
