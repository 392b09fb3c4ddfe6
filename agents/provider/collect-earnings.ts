import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import type { Marketplace } from "./marketplace";

const amount = z.string().regex(/^\d+$/).transform(BigInt);
const streams = z.looseObject({
  items: z.array(z.looseObject({ rail: z.string(), accrued: amount, used: amount, billed: amount })),
  nextCursor: z.string().nullable(),
});
const collected = z.looseObject({ collected: amount, after: z.string().nullable() });
/** Streams that may still owe their receiver something. */
const OWING = ["active", "paused", "exhausted"];

/**
 * Pays out what the wallet's streams on the ledger have earned, when it has come together. What is collected is counted by the
 * marketplace: several programs of one wallet, or one that was ended in between, collect the same total.
 *
 * @param threshold base units
 * @returns what was collected; null below the threshold
 */
export async function collectEarnings(
  market: Pick<Marketplace, "get" | "post">,
  threshold: bigint,
): Promise<bigint | null> {
  if ((await uncollected(market)) < threshold) return null;
  let total = 0n;
  let after: string | null = null;
  do {
    const answer: z.infer<typeof collected> = collected.parse(
      await market.post("/api/v1/streams/collect", after === null ? {} : { after }),
    );
    total += answer.collected;
    after = answer.after;
  } while (after !== null);
  return total;
}

async function uncollected(market: Pick<Marketplace, "get">): Promise<bigint> {
  let sum = 0n;
  for (const status of OWING) {
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({
        role: "receiver",
        status,
        limit: "100",
        ...(cursor ? { cursor } : {}),
      });
      const page: z.infer<typeof streams> = streams.parse(await market.get(`/api/v1/streams?${query}`));
      for (const { rail, accrued, used, billed } of page.items)
        if (rail === "ledger") sum += accrued + used - billed;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  return sum;
}

/** Looks every `everyMs` until stopped. @returns stops it, and resolves when the pass under way has ended */
export function startCollecting(
  market: Pick<Marketplace, "get" | "post">,
  options: { threshold: bigint; everyMs: number; say: (line: string) => void },
): () => Promise<void> {
  const { threshold, everyMs, say } = options;
  const stop = new AbortController();
  const ended = (async () => {
    while (!stop.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stop.signal, ref: false }).catch(() => undefined);
      if (stop.signal.aborted) return;
      try {
        const got = await collectEarnings(market, threshold);
        if (got) say(`Collected ${toDecimal(got, LEDGER_ASSET.decimals, 9, "down")} ${LEDGER_ASSET.symbol}.`);
      } catch (error) {
        say(`Nothing was collected this time: ${error instanceof Error ? error.message : error}`);
      }
    }
  })();
  return () => {
    stop.abort();
    return ended;
  };
}
