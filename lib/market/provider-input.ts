import { z } from "zod";
import { PERIODS_MS } from "@/lib/domain/rate";
import { amountString, milliseconds, providerId, text } from "@/lib/http/schemas";
import { category, pricingModel } from "./category-schema";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const label = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, "Use 1 to 64 letters, digits, dots, hyphens or underscores.");

const PERIOD_NUMBERS: readonly number[] = Object.values(PERIODS_MS).map(Number);
const periodMs = z
  .int()
  .refine((ms) => PERIOD_NUMBERS.includes(ms), {
    error: `Give one of ${PERIOD_NUMBERS.join(", ")} (second, minute, hour, day, week, 30 days).`,
  })
  .transform(BigInt)
  .meta({ enum: PERIOD_NUMBERS, description: "Milliseconds of one period." });

/** A price of time. Slower than one base unit a second cannot be told from nothing, and is refused. */
const rate = z
  .strictObject({ amount: amountString(1n), periodMs })
  // zod asks this also when a member was refused, and then hands it over as it came.
  .refine(
    ({ amount, periodMs }) =>
      typeof amount !== "bigint" || typeof periodMs !== "bigint" || amount * 1000n >= periodMs,
    {
      path: ["amount"],
      error: "A rate is at least one base unit a second.",
    },
  );

const tierOverride = z.strictObject({
  rate: rate.optional(),
  maxRequestsPerHour: z.int().min(1).max(1_000_000).optional(),
  priority: z.enum(["normal", "high", "critical"]).optional(),
});

/** JSON Schema, draft 2020-12. Its own validity is checked by `checkJsonSchema`. */
const jsonSchema = z.record(z.string(), z.unknown());

export const serviceInput = z.strictObject({
  slug: label,
  name: text(1, 80),
  description: text(0, 2000).default(""),
  category,
  capability: label,
  method: z.enum(["GET", "POST"]),
  path: z
    .string()
    .max(200)
    .regex(
      /^(\/([A-Za-z0-9_-][A-Za-z0-9._~-]*|\{[A-Za-z][A-Za-z0-9]*\}))+$/,
      "Give a path such as /das28 or /patients/{id}: no query, no dots alone, no escapes.",
    ),
  inputSchema: jsonSchema,
  outputSchema: jsonSchema.nullable().default(null),
  pricingModel: pricingModel.default("per_second"),
  pricePerCall: amountString(0n).prefault("0"),
  example: z.unknown().optional(),
});

/** Registration of a provider. `owner` is never in it: it is whoever signs in. */
export const registerProviderInput = z.strictObject({
  id: providerId.refine((id) => id !== "cheapest", "This name is an address of the market's own."),
  name: text(1, 80),
  description: text(0, 2000).default(""),
  endpoint: z.string().min(1).max(500),
  capabilities: z.array(label).min(1).max(50),
  category,
  model: text(1, 100).nullable().default(null),
  serviceType: z.int().min(0).max(2).default(0).meta({ description: "0 compute, 1 audit, 2 data." }),
  depositMs: milliseconds(60_000, 30 * DAY_MS).prefault(4 * HOUR_MS),
  graceMs: milliseconds(0, 7 * DAY_MS).prefault(900_000),
  maxConcurrency: z.int().min(1).max(1000).default(16),
  active: z.boolean().default(true),
  // Open keys, because an unknown tier is refused as `unknown-tier` and named.
  tierOverrides: z.record(z.string().max(64), tierOverride).default({}),
  services: z.array(serviceInput).max(50).default([]),
});

export type RegisterProviderInput = z.output<typeof registerProviderInput>;
export type ServiceInput = z.output<typeof serviceInput>;
