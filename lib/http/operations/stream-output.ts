import { z } from "zod";
import { addressOutput, amountOutput, assetOutput } from "../schemas";

export const streamStatus = z.enum([
  "pending",
  "active",
  "paused",
  "exhausted",
  "closing",
  "settled",
  "failed",
]);
const integerText = z.string().regex(/^[0-9]{1,150}$/);

const autoTopUpOutput = z.strictObject({
  triggerMs: z.int(),
  chunkMs: z.int(),
  dailyMax: amountOutput,
  expiresMs: z.int().nullable(),
});

/** A stream as one of its two ends sees it: amounts are base units, times Unix milliseconds by the server's clock. */
export const streamOutput = z
  .strictObject({
    id: z.string(),
    rail: z.enum(["ledger", "streampay", "superfluid"]),
    sender: addressOutput,
    receiver: addressOutput,
    provider: z.strictObject({ id: z.string(), name: z.string() }),
    tier: z.string(),
    status: streamStatus,
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
    chain: z
      .strictObject({
        chainId: z.int(),
        subject: z.string(),
        contract: addressOutput,
        openedTx: z.string(),
        asOf: z.strictObject({ number: integerText, hash: z.string(), atMs: z.int() }),
      })
      .nullable()
      .meta({ description: "Where its money is on a chain, as of a block; null on the ledger." }),
    serverNowMs: z.int(),
  })
  .meta({ id: "Stream" });
