import { z } from "zod";
import { defineOperation } from "../define-operation";
import {
  address,
  addressOutput,
  amountOutput,
  amountString,
  providerId,
  streamId,
  tierText,
} from "../schemas";

const YEAR_MS = 365 * 86_400_000;

const hexOutput = z.string().regex(/^0x([0-9a-f]{2})*$/i);
const rail = z.enum(["ledger", "streampay", "superfluid"]);

/** One transaction to sign; `value` is wei of the coin. */
const callOutput = z
  .strictObject({ to: addressOutput, data: hexOutput, value: amountOutput, says: z.string() })
  .meta({ id: "ChainCall" });

const amountOf = z.strictObject({ amount: amountOutput, symbol: z.string(), decimals: z.int() });

const fields = z.array(z.strictObject({ name: z.string(), type: z.string() }));
const domainOutput = z.strictObject({
  name: z.string(),
  version: z.string(),
  chainId: z.int(),
  verifyingContract: addressOutput,
});

/** EIP-712 data, as `eth_signTypedData_v4` takes it. */
const permitOutput = z.strictObject({
  domain: domainOutput,
  types: z.strictObject({ Permit: fields }),
  primaryType: z.literal("Permit"),
  message: z.strictObject({
    owner: addressOutput,
    spender: addressOutput,
    value: amountOutput,
    nonce: amountOutput,
    deadline: amountOutput,
  }),
});

const authorizationOutput = z.strictObject({
  salt: hexOutput,
  typedData: z.strictObject({
    domain: domainOutput,
    types: z.strictObject({ ReceiveWithAuthorization: fields }),
    primaryType: z.literal("ReceiveWithAuthorization"),
    message: z.strictObject({
      from: addressOutput,
      to: addressOutput,
      value: amountOutput,
      validAfter: amountOutput,
      validBefore: amountOutput,
      nonce: hexOutput,
    }),
  }),
});

export const planStreamOperation = defineOperation({
  id: "planStream",
  method: "POST",
  path: "/api/v1/streams/plan",
  tag: "chain",
  summary:
    "What a stream would cost on one rail, and what a wallet signs to open it; nothing is moved or stored",
  auth: "none",
  rate: "read",
  body: z.strictObject({
    providerId,
    tier: tierText.default("basic"),
    rail,
    durationMs: z
      .int()
      .min(1_000)
      .max(YEAR_MS)
      .transform(BigInt)
      .meta({ description: "How long the money shall last: milliseconds, a second to 365 days." }),
    payer: address.optional().meta({ description: "Whose balances and calls are asked for." }),
    chainId: z.int().min(1).optional().meta({ description: "Refused when the rail is on another chain." }),
    asset: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: "CAIP-19 name of the token to pay in; the rail chooses if absent." }),
    decimals: z.int().min(0).max(36).optional().meta({ description: "Refused when the token has others." }),
    permit: z
      .strictObject({
        value: amountString(1n),
        deadline: amountString(1n),
        signature: z
          .string()
          .regex(/^0x[0-9a-fA-F]{130}$/, "Give 65 bytes of hex.")
          .transform((hex) => hex as `0x${string}`),
      })
      .optional()
      .meta({ description: "The `permit` of an earlier answer, signed by the payer: then it is one call." }),
  }),
  output: z.strictObject({
    rail,
    provider: z.strictObject({ id: z.string(), name: z.string(), receiver: addressOutput }),
    tier: z.string(),
    chainId: z.int().nullable(),
    contract: addressOutput.nullable(),
    asset: z.strictObject({ id: z.string(), symbol: z.string(), decimals: z.int() }),
    rate: z.strictObject({ amount: amountOutput, periodMs: z.int() }),
    flowRatePerSecond: amountOutput,
    deposit: amountOutput.meta({
      description: "Locked to open; on Superfluid the buffer, which comes back.",
    }),
    costPerDay: amountOutput,
    runwayMs: z.int().nullable().meta({ description: "Null when as much comes in as goes out." }),
    shortestWorthMs: z.int().nullable().meta({
      description: "Until gas is below 5 % of what flowed; null while the coin's worth is not known.",
    }),
    gas: z
      .strictObject({ ...amountOf.shape, dollars: amountOutput.nullable() })
      .nullable()
      .meta({ description: "With a margin of 1.3, at today's price; null where no transaction is sent." }),
    balances: z
      .strictObject({
        token: amountOutput,
        underlying: amountOutput.nullable(),
        coin: amountOutput.nullable(),
      })
      .nullable(),
    wrap: amountOutput.meta({ description: "Of the asset, wrapped in the opening itself." }),
    missing: amountOf.nullable().meta({ description: "What the payer lacks; there are no calls then." }),
    prompts: z
      .int()
      .nullable()
      .meta({ description: "How often the wallet asks; null without a payer, or without enough money." }),
    calls: z.array(callOutput).meta({ description: "To sign and send, in order." }),
    permit: permitOutput.nullable().meta({
      description: "Sign this instead of the first call, and ask again with it: then it is one call.",
    }),
    authorization: authorizationOutput.nullable().meta({
      description: "On StreamPay: signed, anybody can send the opening and pay its gas (ERC-3009).",
    }),
    atEnd: z.string(),
  }),
  problems: [
    "provider-not-found",
    "unknown-tier",
    "self-stream",
    "not-available-here",
    "invalid-signature",
    "unavailable",
  ],
});

export const planCloseOperation = defineOperation({
  id: "planClose",
  method: "POST",
  path: "/api/v1/streams/plan-close",
  tag: "chain",
  summary: "What a wallet signs to close many of your streams on a chain: one transaction for each rail",
  auth: "account",
  rate: "read",
  body: z.strictObject({ streamIds: z.array(streamId).min(1).max(200) }),
  output: z.strictObject({ calls: z.array(callOutput) }),
  problems: ["stream-not-found", "not-available-here", "unavailable"],
});
