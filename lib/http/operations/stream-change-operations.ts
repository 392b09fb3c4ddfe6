import type { Hex } from "viem";
import { z } from "zod";
import { defineOperation } from "../define-operation";
import {
  amountOutput,
  amountString,
  assetOutput,
  milliseconds,
  providerId,
  streamId,
  tierText,
} from "../schemas";
import { streamOutput } from "./stream-output";

const DAY_MS = 86_400_000;

/** Automatic top-up: buy `chunkMs` of flow when less than `triggerMs` is left, at most `dailyMax` a day. */
const autoTopUpInput = z.strictObject({
  triggerMs: milliseconds(60_000, 30 * DAY_MS),
  chunkMs: milliseconds(60_000, 30 * DAY_MS),
  dailyMax: amountString(1n),
  expiresMs: z
    .int()
    .min(0)
    .max(253_402_300_799_999)
    .transform(BigInt)
    .nullable()
    .default(null)
    .meta({ description: "Unix milliseconds after which it stops, or null." }),
});

/** `closing`: a paid call under way still holds money; the stream settles when that call ends. */
const settlementOutput = z.strictObject({
  status: z.enum(["settled", "closing"]),
  streamId: z.string(),
  totalPaid: amountOutput,
  refund: amountOutput,
  asset: assetOutput,
  stream: streamOutput,
});

const signedAllowance = z
  .strictObject({
    deadline: amountString(1n),
    salt: hex(/^0x[0-9a-fA-F]{64}$/, "Give 32 bytes of hex.")
      .nullable()
      .default(null),
    signature: hex(/^0x(?:[0-9a-fA-F]{2}){1,4096}$/, "Give a signature in hex."),
  })
  .meta({
    description:
      "On a chain: the `allowance` that the refusal of this top-up offered, signed; the calls are then one.",
  });

function hex(pattern: RegExp, message: string) {
  return z
    .string()
    .regex(pattern, message)
    .transform((text) => text as Hex);
}

const changes = {
  tag: "streams",
  auth: "account",
  params: z.strictObject({ streamId }),
  notFound: "stream-not-found",
  keyed: true,
} as const;
const keyProblems = ["idempotency-conflict", "request-in-progress"] as const;

export const openStreamOperation = defineOperation({
  id: "openStream",
  method: "POST",
  path: "/api/v1/streams",
  tag: "streams",
  summary: "Open a stream to a provider: its tier's price of this moment stays with the stream",
  auth: "account",
  keyed: true,
  body: z.strictObject({
    providerId,
    tier: tierText.default("basic"),
    deposit: amountString(1n).optional().meta({ description: "Base units; the required deposit if absent." }),
    autoTopUp: autoTopUpInput.nullable().optional(),
  }),
  status: 201,
  output: streamOutput,
  problems: [
    "provider-not-found",
    "unknown-tier",
    "insufficient-balance",
    "self-stream",
    "stream-state",
    ...keyProblems,
  ],
});

export const topUpStreamOperation = defineOperation({
  ...changes,
  id: "topUpStream",
  method: "POST",
  path: "/api/v1/streams/{streamId}/top-up",
  summary: "Add to a stream's deposit; within its grace this revives it",
  body: z.strictObject({ amount: amountString(1n), allowance: signedAllowance.optional() }),
  output: streamOutput,
  problems: ["insufficient-balance", "stream-state", "invalid-signature", ...keyProblems],
});

export const closeStreamOperation = defineOperation({
  ...changes,
  id: "closeStream",
  method: "POST",
  path: "/api/v1/streams/{streamId}/close",
  summary: "Close and settle; closing again answers the same settlement",
  output: settlementOutput,
  problems: [...keyProblems],
});

export const pauseStreamOperation = defineOperation({
  ...changes,
  id: "pauseStream",
  method: "POST",
  path: "/api/v1/streams/{streamId}/pause",
  summary: "Stop the flow for now",
  output: streamOutput,
  problems: ["stream-state", ...keyProblems],
});

export const resumeStreamOperation = defineOperation({
  ...changes,
  id: "resumeStream",
  method: "POST",
  path: "/api/v1/streams/{streamId}/resume",
  summary: "Let a paused stream flow again",
  output: streamOutput,
  problems: ["stream-state", ...keyProblems],
});

export const changeStreamTierOperation = defineOperation({
  ...changes,
  id: "changeStreamTier",
  method: "POST",
  path: "/api/v1/streams/{streamId}/tier",
  summary: "Move a stream to another tier at the provider's present price; what has accrued stays as it is",
  body: z.strictObject({ tier: tierText }),
  output: streamOutput,
  problems: ["unknown-tier", "stream-state", "insufficient-balance", ...keyProblems],
});

export const collectStreamOperation = defineOperation({
  ...changes,
  id: "collectStream",
  method: "POST",
  path: "/api/v1/streams/{streamId}/collect",
  summary: "Pay out what has accrued so far to the receiver",
  output: streamOutput,
  problems: ["stream-state", ...keyProblems],
});

export const collectStreamsOperation = defineOperation({
  id: "collectStreams",
  method: "POST",
  path: "/api/v1/streams/collect",
  tag: "streams",
  summary:
    "Pay out what has accrued in all streams that you receive; however often it is asked, the total is the same",
  auth: "account",
  body: z.strictObject({
    after: streamId.optional().meta({ description: "Where an earlier answer says that it stopped." }),
  }),
  output: z.strictObject({
    streams: z.int().meta({ description: "Streams that something was collected from." }),
    collected: amountOutput,
    after: z
      .string()
      .nullable()
      .meta({ description: "Ask again with it: there is more. Null when that was all." }),
  }),
});

export const setAutoTopUpOperation = defineOperation({
  ...changes,
  id: "setAutoTopUp",
  method: "PUT",
  path: "/api/v1/streams/{streamId}/auto-top-up",
  keyed: false,
  summary: "Set or remove the automatic top-up",
  body: z.strictObject({ rule: autoTopUpInput.nullable() }),
  output: streamOutput,
  problems: ["stream-state"],
});
