import { z } from "zod";
import { defineOperation } from "../define-operation";
import {
  addressOutput,
  amountOutput,
  amountString,
  assetOutput,
  cursor,
  limit,
  milliseconds,
  pageOf,
  providerId,
  streamId,
  tierText,
} from "../schemas";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const status = z.enum(["pending", "active", "paused", "exhausted", "closing", "settled", "failed"]);
const integerText = z.string().regex(/^[0-9]{1,150}$/);

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

const autoTopUpOutput = z.strictObject({
  triggerMs: z.int(),
  chunkMs: z.int(),
  dailyMax: amountOutput,
  expiresMs: z.int().nullable(),
});

const streamFields = z.strictObject({
  id: z.string(),
  rail: z.literal("ledger"),
  sender: addressOutput,
  receiver: addressOutput,
  provider: z.strictObject({ id: z.string(), name: z.string() }),
  tier: z.string(),
  status,
  asset: assetOutput,
  rate: z.strictObject({ amount: amountOutput, periodMs: z.int() }),
  flowRatePerSecond: amountOutput,
  ratePerDay: amountOutput,
  maxRequestsPerHour: z.int(),
  priority: z.string(),
  funded: amountOutput,
  accrued: amountOutput,
  used: amountOutput,
  held: amountOutput,
  billed: amountOutput,
  refunded: amountOutput,
  remaining: amountOutput,
  runwayMs: z.int(),
  anchor: z.strictObject({ accruedNum: integerText, accruedDen: integerText, atMs: z.int() }),
  startedAtMs: z.int(),
  depletesAtMs: z.int().nullable(),
  graceUntilMs: z.int().nullable(),
  closedAtMs: z.int().nullable(),
  closeCause: z.string().nullable(),
  autoTopUp: autoTopUpOutput.nullable(),
  minimumTopUp: amountOutput,
  served: z.int(),
  denied: z.int(),
  serverNowMs: z.int(),
});

export const streamOutput = streamFields.meta({ id: "Stream" });

/** `closing`: a paid call under way still holds money; the stream settles when that call ends. */
const settlementOutput = z.strictObject({
  status: z.enum(["settled", "closing"]),
  streamId: z.string(),
  totalPaid: amountOutput,
  refund: amountOutput,
  asset: assetOutput,
  stream: streamOutput,
});

const params = z.strictObject({ streamId });
const changes = {
  tag: "streams",
  auth: "account",
  params,
  notFound: "stream-not-found",
  keyed: true,
} as const;
const keyProblems = ["idempotency-conflict", "request-in-progress"] as const;

export const listStreamsOperation = defineOperation({
  id: "listStreams",
  method: "GET",
  path: "/api/v1/streams",
  tag: "streams",
  summary: "Streams that you send or receive, newest first",
  auth: "account",
  query: z.strictObject({
    status: status.optional(),
    role: z.enum(["sender", "receiver"]).optional(),
    cursor: cursor.optional(),
    limit: limit.optional(),
  }),
  output: pageOf(streamOutput),
});

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

export const getStreamOperation = defineOperation({
  id: "getStream",
  method: "GET",
  path: "/api/v1/streams/{streamId}",
  tag: "streams",
  summary: "One of your streams at this moment",
  auth: "account",
  params,
  notFound: "stream-not-found",
  output: streamOutput,
});

export const listStreamEventsOperation = defineOperation({
  id: "listStreamEvents",
  method: "GET",
  path: "/api/v1/streams/{streamId}/events",
  tag: "streams",
  summary: "What happened to a stream, each with a plain sentence",
  auth: "account",
  params,
  notFound: "stream-not-found",
  query: z.strictObject({
    cursor: z
      .string()
      .regex(/^(0|[1-9][0-9]{0,8})$/, "Give the nextCursor of an earlier answer.")
      .transform(Number)
      .optional(),
    limit: limit.optional(),
  }),
  output: pageOf(
    z.strictObject({
      seq: z.int(),
      kind: z.string(),
      atMs: z.int(),
      sentence: z.string(),
      data: z.record(z.string(), z.unknown()),
    }),
  ),
});

export const getStreamConservationOperation = defineOperation({
  id: "getStreamConservation",
  method: "GET",
  path: "/api/v1/streams/{streamId}/conservation",
  tag: "streams",
  summary: "funded = paid + refunded + fees + remaining, recomputed from the journal, and what does not fit",
  auth: "account",
  params,
  notFound: "stream-not-found",
  output: z.strictObject({
    streamId: z.string(),
    asset: assetOutput,
    serverNowMs: z.int(),
    holds: z.boolean(),
    difference: amountOutput,
    lines: z.array(
      z.strictObject({
        name: z.enum(["funded", "paid", "refunded", "fees", "remaining"]),
        amount: amountOutput,
        recorded: amountOutput,
        difference: amountOutput,
        entryCount: z.int(),
        entries: z.array(
          z.strictObject({
            key: z.string(),
            kind: z.string(),
            atMs: z.int(),
            amount: amountOutput,
            holds: z.boolean(),
          }),
        ),
      }),
    ),
    faults: z.array(z.strictObject({ what: z.string(), difference: amountOutput.nullable() })),
    entryCount: z.int(),
    hashedCount: z.int(),
  }),
});

export const getPublicStreamOperation = defineOperation({
  id: "getPublicStream",
  method: "GET",
  path: "/api/v1/streams/{streamId}/public",
  tag: "streams",
  summary: "A stream as anybody who knows its id may see it: nine members",
  auth: "none",
  params,
  notFound: "stream-not-found",
  output: z.strictObject({
    stream_id: z.string(),
    sender: addressOutput,
    receiver: addressOutput,
    flow_rate_per_second: z.string(),
    flow_rate_per_day: z.string(),
    token: z.string(),
    is_active: z.boolean(),
    elapsed_seconds: z.string(),
    total_accrued: z.string(),
  }),
});

export const topUpStreamOperation = defineOperation({
  ...changes,
  id: "topUpStream",
  method: "POST",
  path: "/api/v1/streams/{streamId}/top-up",
  summary: "Add to a stream's deposit; within its grace this revives it",
  body: z.strictObject({ amount: amountString(1n) }),
  output: streamOutput,
  problems: ["insufficient-balance", "stream-state", ...keyProblems],
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
