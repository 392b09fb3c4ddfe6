import { z } from "zod";
import type { Marketplace } from "./marketplace";
import type { Paid } from "./payment";

/** How long the marketplace's word is believed: a payer that closes or pauses has its money back at once. */
const POLL_MS = 1_000;
/** Calls in one question. */
const BATCH = 200;

const answer = z.looseObject({
  items: z.array(
    z.looseObject({
      requestId: z.string(),
      open: z.boolean(),
      status: z.string(),
      runwayMs: z.number(),
      minimumTopUp: z.string(),
    }),
  ),
});

/** `ended`: no top-up brings the flow back. */
export type Funding = { requiredTopUp: string } | "ended" | "paid";

export type WatchedCall = {
  /** Whether the call is still paid for, second by second. */
  funding: () => Promise<Funding>;
  /** Aborted when the payer has closed or paused the stream, or the marketplace has ended the call. */
  ended: AbortSignal;
  stop: () => void;
};

type Entry = { paidUntilMs: number; requiredTopUp: string; ended: AbortController };

/**
 * Watches the streams of all calls under way with one question a second, which also keeps open those that came past the door. A
 * marketplace that is away for a moment ends nothing that it said was paid for.
 */
export function createCallWatch(market: Pick<Marketplace, "post">, options: { pollMs?: number } = {}) {
  const { pollMs = POLL_MS } = options;
  const entries = new Map<string, Entry>();
  let looking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;

  function watch({ requestId, runwayMs }: Pick<Paid, "requestId" | "runwayMs">): WatchedCall {
    const entry: Entry = {
      paidUntilMs: performance.now() + runwayMs,
      requiredTopUp: "0",
      ended: new AbortController(),
    };
    entries.set(requestId, entry);
    timer ??= setInterval(look, pollMs).unref();

    async function funding(): Promise<Funding> {
      if (state(entry) === "paid") return "paid";
      await look(); // Someone may have paid since we last asked, and nobody is stopped for old news.
      return state(entry);
    }
    return { funding, ended: entry.ended.signal, stop: () => stop(requestId) };
  }

  function stop(requestId: string): void {
    entries.delete(requestId);
    if (entries.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  /** Whoever asks while a question is under way waits for its answer. */
  function look(): Promise<void> {
    looking ??= ask().finally(() => {
      looking = null;
    });
    return looking;
  }

  async function ask(): Promise<void> {
    const ids = [...entries.keys()];
    for (let at = 0; at < ids.length; at += BATCH) {
      const requestIds = ids.slice(at, at + BATCH);
      try {
        for (const said of answer.parse(await market.post("/api/v1/mpp/watch", { requestIds })).items)
          note(said);
      } catch {
        // Asked again in a moment; meanwhile what was said last holds until it has run out.
      }
    }
  }

  function note({
    requestId,
    open,
    status,
    runwayMs,
    minimumTopUp,
  }: z.infer<typeof answer>["items"][number]) {
    const entry = entries.get(requestId);
    if (!entry) return;
    entry.paidUntilMs = performance.now() + runwayMs;
    entry.requiredTopUp = minimumTopUp;
    const flows = status === "active" || status === "exhausted";
    if (!open || !flows) entry.ended.abort();
  }

  return { watch };
}

export type CallWatch = ReturnType<typeof createCallWatch>;

function state({ ended, paidUntilMs, requiredTopUp }: Entry): Funding {
  if (ended.signal.aborted) return "ended";
  return performance.now() < paidUntilMs ? "paid" : { requiredTopUp };
}
