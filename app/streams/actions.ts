"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { MAX_AMOUNT } from "@/lib/domain/amount";
import { TIER_NAMES } from "@/lib/domain/tier";
import { type ActionResult, signedInAction } from "@/lib/http/action";
import { signedAllowance } from "@/lib/http/signed-allowance";
import { paths } from "@/lib/paths";
import { changeStreamTier } from "@/lib/streams/change-stream-tier";
import { closeStream, type Settlement } from "@/lib/streams/close-stream";
import { collectStream } from "@/lib/streams/collect-stream";
import { pauseStream } from "@/lib/streams/pause-stream";
import { resumeStream } from "@/lib/streams/resume-stream";
import { setAutoTopUp } from "@/lib/streams/set-auto-top-up";
import type { StreamView } from "@/lib/streams/stream-view";
import { topUpStream } from "@/lib/streams/top-up-stream";

const streamId = z.string().regex(/^str_[A-Za-z0-9_-]{1,64}$/, "That is no stream id.");
const idempotencyKey = z.uuid();
const amount = z.bigint().min(1n).max(MAX_AMOUNT);
const durationMs = z.bigint().min(60_000n, "At least a minute.").max(2_592_000_000n, "At most 30 days.");

const streamInput = z.strictObject({ streamId, idempotencyKey });
const topUpInput = streamInput.extend({ amount, allowance: signedAllowance.optional() });
const tierInput = streamInput.extend({ tier: z.enum(TIER_NAMES) });
const ruleInput = streamInput.extend({
  rule: z
    .strictObject({
      triggerMs: durationMs,
      chunkMs: durationMs,
      dailyMax: amount,
      expiresMs: z.bigint().positive().nullable(),
    })
    .nullable(),
});

/** Adds to the deposit from the sender's wallet. */
export async function topUpStreamAction(input: unknown): Promise<ActionResult<StreamView>> {
  return signedInAction(async (actor) => {
    const parsed = topUpInput.parse(input);
    return refreshed(parsed.streamId, await topUpStream({ ...parsed, actor }));
  });
}

/** Stops the flow at once; calls are refused until it is resumed. */
export async function pauseStreamAction(input: unknown): Promise<ActionResult<StreamView>> {
  return signedInAction(async (actor) => {
    const parsed = streamInput.parse(input);
    return refreshed(parsed.streamId, await pauseStream({ ...parsed, actor }));
  });
}

/** Lets a paused stream flow again. */
export async function resumeStreamAction(input: unknown): Promise<ActionResult<StreamView>> {
  return signedInAction(async (actor) => {
    const parsed = streamInput.parse(input);
    return refreshed(parsed.streamId, await resumeStream({ ...parsed, actor }));
  });
}

/** From now on the stream flows at another tier's rate; what has flowed keeps its own. */
export async function changeStreamTierAction(input: unknown): Promise<ActionResult<StreamView>> {
  return signedInAction(async (actor) => {
    const parsed = tierInput.parse(input);
    return refreshed(parsed.streamId, await changeStreamTier({ ...parsed, actor }));
  });
}

/** Sets the standing order that refills the deposit, or takes it back with `rule: null`. */
export async function setAutoTopUpAction(input: unknown): Promise<ActionResult<StreamView>> {
  return signedInAction(async (actor) => {
    const parsed = ruleInput.parse(input);
    return refreshed(parsed.streamId, await setAutoTopUp({ ...parsed, actor }));
  });
}

/** Pays the receiver what has accrued so far; the stream goes on. */
export async function collectStreamAction(input: unknown): Promise<ActionResult<StreamView>> {
  return signedInAction(async (actor) => {
    const parsed = streamInput.parse(input);
    return refreshed(parsed.streamId, await collectStream({ ...parsed, actor }));
  });
}

/** Ends the stream: the provider is paid what accrued, the rest goes back to the sender. */
export async function closeStreamAction(input: unknown): Promise<ActionResult<Settlement>> {
  return signedInAction(async (actor) => {
    const parsed = streamInput.parse(input);
    return refreshed(parsed.streamId, await closeStream({ ...parsed, actor }));
  });
}

function refreshed<T>(streamId: string, view: T): T {
  revalidatePath(paths.stream(streamId));
  revalidatePath(paths.streams);
  return view;
}
