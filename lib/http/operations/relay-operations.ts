import { z } from "zod";
import { defineOperation } from "../define-operation";
import { address, amountString, milliseconds, providerId, tierText } from "../schemas";

const YEAR_MS = 365 * 86_400_000;
const UINT256_MAX = 2n ** 256n - 1n;
const UINT128_MAX = 2n ** 128n - 1n;

const word = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, "Give 32 bytes: 0x and 64 hex digits.")
  .transform((hex) => hex.toLowerCase() as `0x${string}`);
const seconds = (description: string) => amountString(0n, UINT256_MAX).meta({ description });

const relayOutput = z
  .strictObject({
    relayId: z.string().regex(/^0x[0-9a-f]{64}$/),
    chainId: z.int(),
    state: z.enum(["pending", "signed", "submitted", "confirmed", "final", "failed"]),
    transaction: z
      .string()
      .regex(/^0x[0-9a-f]{64}$/)
      .nullable(),
    streamId: z.string().nullable().meta({ description: "Once the block is seen; use it like any stream." }),
    error: z.strictObject({ code: z.string(), sentence: z.string() }).nullable(),
  })
  .meta({ id: "Relay" });

export const relayOpeningOperation = defineOperation({
  id: "relayOpening",
  method: "POST",
  path: "/api/v1/streams/relay",
  tag: "chain",
  summary:
    "Open a StreamPay stream for a payer who has signed for it and pays no gas; the same nonce opens once",
  auth: "none",
  rate: "relay",
  body: z.strictObject({
    providerId,
    tier: tierText.default("basic"),
    payer: address,
    durationMs: milliseconds(1_000, YEAR_MS),
    deposit: amountString(1n, UINT128_MAX).meta({
      description: "Base units of the token, as the plan of the rail `streampay` says: what was signed for.",
    }),
    salt: word.meta({ description: "Any 32 bytes: part of `StreamPay.createNonce`." }),
    validAfter: seconds("Unix seconds of the chain."),
    validBefore: seconds("Unix seconds of the chain."),
    signature: z
      .string()
      .regex(/^0x(?:[0-9a-fA-F]{2}){64,3072}$/, "Give a signature of 64 to 3072 bytes.")
      .transform((hex) => hex as `0x${string}`)
      .meta({ description: "Of `ReceiveWithAuthorization` (EIP-3009) by the payer, to StreamPay." }),
  }),
  output: relayOutput,
  problems: [
    "provider-not-found",
    "unknown-tier",
    "self-stream",
    "not-available-here",
    "invalid-signature",
    "insufficient-balance",
    "unavailable",
  ],
});

export const getRelayOperation = defineOperation({
  id: "getRelay",
  method: "GET",
  path: "/api/v1/streams/relay/{relayId}",
  tag: "chain",
  summary: "How far an opening has come that is sent for a payer",
  auth: "none",
  params: z.strictObject({ relayId: word }),
  notFound: "stream-not-found",
  output: relayOutput,
});
