import "server-only";
import { z } from "zod";
import { logger } from "@/lib/log";

/** Streams of one transaction. A paid call of one of them may wait until it is over: some 40 ms. Larger ones are no cheaper. */
export const SETTLE_BATCH = 500;

/**
 * What one batch of settling did: streams that it changed, those of them whose status it changed, base units that receivers
 * got. A stream whose books do not let it settle is left as it was, and logged here with the reason.
 */
export const settledBatch = z
  .object({
    streams: z.int(),
    changed: z.int(),
    collected: z.string().transform(BigInt),
    failed: z.array(z.string()),
    /** Streams looked at, of a sweep. */
    looked: z.int().optional(),
    /** The last stream looked at when there may be more, of a receiver's collection. */
    after: z.string().nullish(),
  })
  .transform((batch) => {
    for (const reason of batch.failed) logger.error({ reason }, "A stream could not be settled");
    return { ...batch, failed: batch.failed.length };
  });
