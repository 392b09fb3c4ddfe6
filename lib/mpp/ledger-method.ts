/**
 * The payment method `ledger` with intent `stream`: what a challenge asks for and what a credential answers.
 * Shared by the door (server) and by `agents/client`, so it holds no secret and imports nothing of the server.
 */
import { Method, z } from "mppx";
import type { ChainRequest } from "./chain-methods";
import { delegated, exactRate, nonce, planName, positiveUint, proof, streamId, uint } from "./wire-schemas";

/** What the server thinks should be done next. A hint: it prices nothing, so it is not bound to the route. */
const nextActions = ["prove", "open", "topUp", "fund", "resume", "changeTier"] as const;
export type NextAction = (typeof nextActions)[number];

// Not strict: mppx passes options of its own (`expires`) through here and expects them to be dropped.
const streamRequest = z.object({
  /** Minimum flow rate: base units of `methodDetails.token` per second, rounded down, at least 1. */
  amount: positiveUint,
  unitType: z.literal("second"),
  currency: z.literal("USD"),
  /** The provider's owner, EIP-55. */
  recipient: z.address(),
  /** Base units: the deposit of one funding period. */
  suggestedDeposit: positiveUint,
  methodDetails: z.strictObject({
    model: z.literal("ledger-v1"),
    /** The provider's id. */
    plan: planName,
    tier: planName,
    /** Seconds of solvency required. */
    minRunway: uint,
    rate: exactRate,
    token: z.string().check(z.minLength(1), z.maxLength(32)),
    decimals: z.number().check(z.int(), z.gte(0), z.lte(36)),
    chainId: z.number().check(z.int(), z.positive()),
    /** Base units that one call takes beside the flow; "0" when the flow is the whole price. */
    costPerRequest: uint,
    credentialTypes: z.array(z.literal("proof")),
    nonce,
    next: z.optional(z.enum(nextActions)),
    streamId: z.optional(streamId),
    minimumTopUp: z.optional(positiveUint),
  }),
});

/**
 * Names the intention to move money, so that several challenges answered with it move it once: an agent that calls
 * in parallel opens one stream. Absent: the challenge's id, which is used once anyway.
 */
const operationKey = z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{16,64}$/)));

/** A standing order to refill the stream from the payer's wallet. Durations in milliseconds. */
const autoTopUp = z.strictObject({
  triggerMs: positiveUint,
  chunkMs: positiveUint,
  dailyMax: positiveUint,
  expiresMs: z.optional(positiveUint),
});

const credentialPayload = z.discriminatedUnion("action", [
  /** "The stream is mine": lets the request in on a stream that is already open. */
  z.strictObject({ action: z.literal("prove"), ...proof, streamId: z.optional(streamId), ...delegated }),
  /** Opens a stream from the payer's prefunded wallet, then serves this same request. */
  z.strictObject({
    action: z.literal("open"),
    ...proof,
    deposit: positiveUint,
    autoTopUp: z.optional(autoTopUp),
    operationKey,
  }),
  /** Adds to the stream's deposit, then serves this same request. */
  z.strictObject({ action: z.literal("topUp"), ...proof, streamId, amount: positiveUint, operationKey }),
  /** Closes the stream and answers with its settlement. Nothing is served. */
  z.strictObject({ action: z.literal("close"), ...proof, streamId }),
]);

export const ledgerMethod = Method.from({
  name: "ledger",
  intent: "stream",
  schema: { request: streamRequest, credential: { payload: credentialPayload } },
});

export type StreamRequest = z.output<typeof streamRequest>;
export type StreamPayload = z.output<typeof credentialPayload>;

/**
 * Every field that prices the route. mppx pins only a few of its own, so anything left out here could be
 * swapped between two routes of one recipient.
 */
export function pricedFields(request: StreamRequest | ChainRequest): Record<string, unknown> {
  const { nonce: _nonce, next: _next, streamId: _id, minimumTopUp: _min, ...details } = request.methodDetails;
  return {
    amount: request.amount,
    unitType: request.unitType,
    currency: request.currency,
    recipient: request.recipient,
    suggestedDeposit: request.suggestedDeposit,
    ...Object.fromEntries(Object.entries(details).map(([key, value]) => [`methodDetails.${key}`, value])),
  };
}
