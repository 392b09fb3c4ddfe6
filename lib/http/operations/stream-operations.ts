import { z } from "zod";
import { defineOperation } from "../define-operation";
import { addressOutput, amountOutput, assetOutput, cursor, limit, pageOf, streamId } from "../schemas";
import { streamOutput, streamStatus } from "./stream-output";

const params = z.strictObject({ streamId });

export const listStreamsOperation = defineOperation({
  id: "listStreams",
  method: "GET",
  path: "/api/v1/streams",
  tag: "streams",
  summary: "Streams that you send or receive, newest first",
  auth: "account",
  query: z.strictObject({
    status: streamStatus.optional(),
    role: z.enum(["sender", "receiver"]).optional(),
    cursor: cursor.optional(),
    limit: limit.optional(),
  }),
  output: pageOf(streamOutput),
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
