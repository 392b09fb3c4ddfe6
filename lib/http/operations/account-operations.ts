import { z } from "zod";
import { STATEMENT_KINDS } from "@/lib/domain/statement-kind";
import { defineOperation } from "../define-operation";
import { addressOutput, amountOutput, amountString, assetOutput, limit, requestId } from "../schemas";

const walletOutput = z.strictObject({
  address: addressOutput,
  asset: assetOutput,
  balance: amountOutput,
  inStreams: amountOutput,
});

/** One faucet call gives at most 1,000 whole tokens of play money. */
const FAUCET_MAX = 1_000n * 10n ** 18n;

export const getWalletOperation = defineOperation({
  id: "getWallet",
  method: "GET",
  path: "/api/v1/wallet",
  tag: "wallet",
  summary: "Your balance, and what sits in your streams",
  auth: "account",
  output: walletOutput,
});

const moment = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,14})$/, "Give Unix milliseconds.")
  .transform(BigInt)
  .meta({ description: "Unix milliseconds." });

const statementFilter = {
  kind: z.enum(STATEMENT_KINDS).optional(),
  fromMs: moment.optional(),
  untilMs: moment.optional(),
};

export const listStatementOperation = defineOperation({
  id: "listStatement",
  method: "GET",
  path: "/api/v1/wallet/statement",
  tag: "wallet",
  summary: "Every movement of your wallet, newest first: opening + received - sent = closing",
  auth: "account",
  query: z.strictObject({
    ...statementFilter,
    cursor: z
      .string()
      .regex(/^(0|[1-9][0-9]{0,17})$/, "Give the nextCursor of an earlier answer.")
      .transform(BigInt)
      .optional(),
    limit: limit.optional(),
  }),
  output: z.strictObject({
    address: addressOutput,
    asset: assetOutput,
    summary: z.strictObject({
      opening: amountOutput,
      received: amountOutput,
      sent: amountOutput,
      closing: amountOutput,
      count: z.int(),
    }),
    items: z.array(
      z.strictObject({
        seq: z.string(),
        key: z.string(),
        kind: z.enum(STATEMENT_KINDS),
        atMs: z.int(),
        amount: amountOutput,
        balanceAfter: amountOutput,
        counterparty: addressOutput.nullable(),
        stream: z
          .strictObject({ id: z.string(), providerId: z.string(), providerName: z.string() })
          .nullable(),
        streams: z.int(),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
});

export const exportStatementOperation = defineOperation({
  id: "exportStatement",
  method: "GET",
  path: "/api/v1/wallet/statement.csv",
  tag: "wallet",
  summary: "The same movements as CSV (RFC 4180, UTF-8), oldest first, in one stream",
  auth: "account",
  query: z.strictObject(statementFilter),
  output: z.string(),
  media: "text/csv",
});

export const creditWalletOperation = defineOperation({
  id: "creditWallet",
  method: "POST",
  path: "/api/v1/wallet/faucet",
  tag: "wallet",
  summary: "Get play money (devnet only)",
  auth: "account",
  keyed: true,
  body: z.strictObject({ amount: amountString(1n, FAUCET_MAX).prefault(String(100n * 10n ** 18n)) }),
  output: walletOutput,
  problems: ["not-available-here", "idempotency-conflict", "request-in-progress"],
});

export const getRequestOperation = defineOperation({
  id: "getRequest",
  method: "GET",
  path: "/api/v1/requests/{requestId}",
  tag: "requests",
  summary: "The stored answer of a paid call of yours, for 24 hours: its own status, headers and body",
  auth: "account",
  params: z.strictObject({ requestId }),
  notFound: "request-not-found",
  output: z.unknown(),
  problems: ["request-in-progress"],
});

export const getReceiptOperation = defineOperation({
  id: "getReceipt",
  method: "GET",
  path: "/api/v1/receipts/{requestId}",
  tag: "requests",
  summary: "The signed receipt of a paid call, and whether its signature holds",
  auth: "none",
  params: z.strictObject({ requestId }),
  notFound: "request-not-found",
  output: z.strictObject({
    requestId: z.string(),
    verified: z.boolean(),
    verdict: z.looseObject({ valid: z.boolean() }),
    receipt: z.record(z.string(), z.unknown()),
    keySet: z.string(),
  }),
});
