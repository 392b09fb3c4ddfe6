import { z } from "zod";
import { defineOperation } from "../define-operation";
import { addressOutput, amountOutput, amountString, assetOutput, requestId } from "../schemas";

const walletOutput = z.strictObject({
  address: addressOutput,
  asset: assetOutput,
  balance: amountOutput,
  inStreams: amountOutput,
});

/** One faucet call gives at most 1,000 whole tokens of play money. */
export const FAUCET_MAX = 1_000n * 10n ** 18n;

export const getWalletOperation = defineOperation({
  id: "getWallet",
  method: "GET",
  path: "/api/v1/wallet",
  tag: "wallet",
  summary: "Your balance, and what sits in your streams",
  auth: "account",
  output: walletOutput,
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
