"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { MAX_AMOUNT } from "@/lib/domain/amount";
import { TIER_NAMES } from "@/lib/domain/tier";
import { type ActionResult, signedInAction } from "@/lib/http/action";
import { paths } from "@/lib/paths";
import { openStream } from "@/lib/streams/open-stream";
import { planStream, type StreamPlan } from "@/lib/streams/plan-stream";
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

const YEAR_MS = 31_536_000_000n;

const planOpeningInput = z.strictObject({
  providerId: openStreamInput.shape.providerId,
  tier: z.enum(TIER_NAMES),
  rail: z.enum(["streampay", "superfluid"]),
  durationMs: z.bigint().min(1_000n).max(YEAR_MS),
  permit: z
    .strictObject({
      value: z.bigint().positive(),
      deadline: z.bigint().positive(),
      signature: z
        .string()
        .regex(/^0x[0-9a-fA-F]{130}$/, "That is no signature of a wallet with a key of its own.")
        .transform((hex) => hex as `0x${string}`),
    })
    .optional(),
});

/** What opening a stream on the chain asks of the signed-in account. Moves nothing: its wallet does. */
export async function planOpeningAction(input: unknown): Promise<ActionResult<StreamPlan>> {
  return signedInAction(async (payer) => planStream({ ...planOpeningInput.parse(input), payer }));
}
