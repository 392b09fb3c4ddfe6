/**
 * The payment methods `superfluid` and `streampay` with intent `stream`: what a challenge asks a stream on a chain for, and the proof that
 * answers it. Shared by the door (server) and by `agents/client`, so it holds no secret and imports nothing of the server.
 */
import { Method, z } from "mppx";
import { delegated, exactRate, nonce, planName, positiveUint, proof, streamId, uint } from "./wire-schemas";

/** What the server thinks should be done next. A hint: it prices nothing, so it is not bound to the route. */
const nextActions = ["prove", "open", "topUp", "changeTier", "wait"] as const;
export type ChainNextAction = (typeof nextActions)[number];

const txHash = z.string().check(z.regex(/^0x[0-9a-fA-F]{64}$/, "Expected a transaction hash"));
const tag = z.string().check(z.regex(/^(0|[1-9]\d{0,19})$/, "Expected a uint64 in decimal"));

function chainRequest<Model extends "cfa-v1" | "escrow-v1">(model: Model) {
  // Not strict: mppx passes options of its own (`expires`) through here and expects them to be dropped.
  return z.object({
    /** Minimum flow rate: base units of `currency` per second, rounded down, at least 1. */
    amount: positiveUint,
    unitType: z.literal("second"),
    /** The token's address, EIP-55. */
    currency: z.address(),
    /** The provider's owner, EIP-55: the receiver of the flow, or the recipient of the escrow stream. */
    recipient: z.address(),
    /** Base units of one funding period, without the buffer that Superfluid locks: the chain alone says that. */
    suggestedDeposit: positiveUint,
    methodDetails: z.strictObject({
      model: z.literal(model),
      /** What the stream is opened on: `CFAv1Forwarder` or `StreamPay`. It is the `verifyingContract` of the proof. */
      agreement: z.address(),
      chainId: z.number().check(z.int(), z.positive()),
      /** The provider's id. */
      plan: planName,
      tier: planName,
      /** The provider's name on a chain (`providerId` of StreamPay, `tag` of a flow table): a uint64. */
      tag,
      /** Seconds of solvency required. */
      minRunway: uint,
      rate: exactRate,
      /** The token's symbol, and the decimals that its amounts have. */
      token: z.string().check(z.minLength(1), z.maxLength(32)),
      decimals: z.number().check(z.int(), z.gte(0), z.lte(36)),
      /** What this plan alone writes into the `userData` of its flow; a flow that several plans share carries all of theirs. */
      flowTable: z.optional(z.array(z.strictObject({ tag, rate: positiveUint }))),
      /** Always "0": a contract pays for time alone. */
      costPerRequest: z.literal("0"),
      credentialTypes: z.array(z.literal("proof")),
      nonce,
      next: z.optional(z.enum(nextActions)),
      streamId: z.optional(streamId),
      minimumTopUp: z.optional(positiveUint),
    }),
  });
}

const credentialPayload = z.union([
  /** "The stream is mine". `txHash` says which transaction opens it, while the server does not know the stream yet. */
  z.strictObject({
    action: z.literal("prove"),
    ...proof,
    streamId: z.optional(streamId),
    txHash: z.optional(txHash),
    ...delegated,
  }),
  /** What only a transaction can do. Read so far that the refusal can say so. */
  z.looseObject({ action: z.enum(["open", "topUp", "close"]), payer: z.address() }),
]);

export const superfluidMethod = Method.from({
  name: "superfluid",
  intent: "stream",
  schema: { request: chainRequest("cfa-v1"), credential: { payload: credentialPayload } },
});

export const streampayMethod = Method.from({
  name: "streampay",
  intent: "stream",
  schema: { request: chainRequest("escrow-v1"), credential: { payload: credentialPayload } },
});

export type SuperfluidRequest = z.output<typeof superfluidMethod.schema.request>;
export type StreampayRequest = z.output<typeof streampayMethod.schema.request>;
export type ChainRequest = SuperfluidRequest | StreampayRequest;
export type ChainPayload = z.output<typeof credentialPayload>;
export type ChainProof = Extract<ChainPayload, { action: "prove" }>;
