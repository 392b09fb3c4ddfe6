import { z } from "zod";
import { defineOperation } from "../define-operation";
import { addressOutput, amountOutput, idempotencyKey, providerId, requestId } from "../schemas";

/** For providers that are called at their own address: the paid door's engine, asked from outside. */
const forProviders = { method: "POST", tag: "payments", auth: "account", rate: "verify" } as const;

const digest = z
  .string()
  .regex(/^sha-256=:[A-Za-z0-9+/]{43}=:$/, "Give the digest of the body as sha-256=:<base64>: (RFC 9530).");
const status = z.int().min(100).max(599);
/** As it arrived in a header: visible ASCII, and spaces within. */
const header = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, "Give a header's value as it arrived.")
    .nullable()
    .default(null);
const receipt = z.record(z.string(), z.unknown());

export const verifyPaymentOperation = defineOperation({
  ...forProviders,
  id: "verifyPayment",
  path: "/api/v1/mpp/verify",
  summary:
    "Whether a call to your provider's own address is paid: authorises it once, or answers what to say instead",
  body: z.strictObject({
    providerId,
    method: z.enum(["GET", "POST"]),
    path: z
      .string()
      .max(2_048)
      .regex(/^\/[\x21-\x22\x24-\x7e]*$/, "Give the path behind your endpoint, with its query.")
      .refine((path) => !/%(?:2f|5c|2e|00|25)|\\|\/\//i.test(path.split("?", 1)[0] ?? ""), {
        error: "The path holds encoded or doubled separators.",
      }),
    requestDigest: digest,
    authorization: header(12_288).meta({ description: "Authorization, with its Payment credential." }),
    session: header(255).meta({ description: "Stream-Session." }),
    tier: header(63).meta({ description: "Stream-Tier." }),
    idempotencyKey: idempotencyKey.nullable().default(null).meta({ description: "Idempotency-Key." }),
    acceptPayment: header(1_024).meta({ description: "Accept-Payment." }),
  }),
  output: z.discriminatedUnion("outcome", [
    z.strictObject({
      outcome: z.literal("authorised"),
      requestId: z.string(),
      streamId: z.string(),
      payer: addressOutput,
      tier: z.string(),
      priority: z.string(),
      runwayMs: z.int(),
      headers: z.record(z.string(), z.string()).meta({ description: "For your answer, whatever it is." }),
      receipt: receipt.meta({ description: "Hand it back when you complete the call." }),
    }),
    z.strictObject({
      outcome: z.literal("refused"),
      status,
      headers: z.record(z.string(), z.string()),
      body: z.string().meta({ description: "Problem details with a challenge, or a stream's settlement." }),
    }),
  ]),
  problems: ["provider-not-found", "service-not-found"],
});

export const completePaymentOperation = defineOperation({
  ...forProviders,
  id: "completePayment",
  path: "/api/v1/mpp/complete",
  summary:
    "How a call that you verified has ended; the same again is one ending. A served one gets its receipt",
  body: z.strictObject({
    requestId,
    outcome: z.enum(["served", "voided"]),
    status,
    responseDigest: digest
      .nullable()
      .default(null)
      .meta({ description: "Of the answer; needed when it was served." }),
    receipt: receipt.nullable().default(null).meta({ description: "The one that verifying gave." }),
  }),
  output: z.strictObject({
    ended: z
      .boolean()
      .meta({ description: "False when it had ended otherwise: a call left alone for 60 s is void." }),
    receipt: receipt.nullable(),
  }),
  problems: ["request-not-found"],
});

export const watchPaymentsOperation = defineOperation({
  ...forProviders,
  id: "watchPayments",
  path: "/api/v1/mpp/watch",
  summary:
    "What the streams of calls that you answer now have left; keeps those open that you verified yourself",
  body: z.strictObject({ requestIds: z.array(requestId).min(1).max(200) }),
  output: z.strictObject({
    items: z.array(
      z.strictObject({
        requestId: z.string(),
        open: z.boolean(),
        streamId: z.string(),
        status: z.string(),
        runwayMs: z.int(),
        minimumTopUp: amountOutput,
      }),
    ),
  }),
});
