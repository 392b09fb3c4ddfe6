"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { MAX_AMOUNT } from "@/lib/domain/amount";
import { TIER_NAMES } from "@/lib/domain/tier";
import { type ActionResult, signedInAction } from "@/lib/http/action";
import { paths } from "@/lib/paths";
import { openStream } from "@/lib/streams/open-stream";
import type { StreamView } from "@/lib/streams/stream-view";

const amount = z.bigint().min(1n).max(MAX_AMOUNT);
const durationMs = z.bigint().min(60_000n).max(2_592_000_000n);

const openStreamInput = z.strictObject({
  idempotencyKey: z.uuid(),
  providerId: z.string().regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "That is no provider id."),
  tier: z.enum(TIER_NAMES),
  deposit: amount,
  autoTopUp: z
    .strictObject({ triggerMs: durationMs, chunkMs: durationMs, dailyMax: amount, expiresMs: z.null() })
    .nullable(),
});

/** Opens a stream from the signed-in account: the deposit leaves its wallet, and money flows from now on. */
export async function openStreamAction(input: unknown): Promise<ActionResult<StreamView>> {
  return signedInAction(async (actor) => {
    const stream = await openStream({ ...openStreamInput.parse(input), actor });
    revalidatePath(paths.streams);
    return stream;
  });
}
