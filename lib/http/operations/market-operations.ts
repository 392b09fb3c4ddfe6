import { z } from "zod";
import { MARKET_SORTS } from "@/lib/domain/market-sorts";
import { category } from "@/lib/market/category-schema";
import { registerProviderInput } from "@/lib/market/provider-input";
import { defineOperation } from "../define-operation";
import {
  addressOutput,
  amountOutput,
  amountString,
  assetOutput,
  cursor,
  instant,
  limit,
  pageOf,
  providerId,
  text,
} from "../schemas";

const tierOutput = z
  .strictObject({
    name: z.enum(["basic", "professional", "enterprise"]),
    rate: z.strictObject({ amount: amountOutput, periodMs: z.int() }),
    ratePerDay: amountOutput,
    flowRatePerSecond: amountOutput,
    requiredDeposit: amountOutput,
    maxRequestsPerHour: z.int(),
    priority: z.enum(["normal", "high", "critical"]),
    overridden: z.boolean(),
  })
  .meta({ id: "Tier" });

const latencyOutput = z
  .strictObject({ p50Ms: z.int(), p95Ms: z.int() })
  .nullable()
  .meta({ description: "At most 9.1 % off; null when nothing was measured." });
const share = (description: string) => z.number().min(0).max(1).nullable().meta({ description });

const healthSpanOutput = z
  .strictObject({
    probes: z.int(),
    probesOk: z.int(),
    uptime: share("Share of probes that were answered, 0 to 1."),
    probeLatency: latencyOutput,
    callsServed: z.int(),
    callsFailed: z.int(),
    successRate: share("Share of paid calls served, of those that the provider served or failed, 0 to 1."),
    callLatency: latencyOutput,
  })
  .meta({ id: "HealthSpan" });

const healthOutput = z
  .strictObject({
    state: z.enum(["up", "degraded", "down", "unknown"]).meta({
      description:
        "down: the last three probes failed and no paid call was served since. degraded: a recent probe failed, or less than 95 % of the day's probes or paid calls succeeded. unknown: not probed in the last 15 minutes.",
    }),
    reason: z
      .enum([
        "probes-failed",
        "probe-failed",
        "served-despite-probes",
        "low-uptime",
        "low-success-rate",
        "not-checked",
        "not-checked-lately",
      ])
      .nullable(),
    checkedAt: instant.nullable(),
    latencyMs: z.int().nullable().meta({ description: "Of the last probe; null when it failed." }),
    problem: z.enum(["timeout", "refused", "unreachable", "server-error"]).nullable(),
    failures: z.int().meta({ description: "Failed probes in a row." }),
    failingSince: instant.nullable(),
    day: healthSpanOutput.meta({ description: "The hour under way and the 23 before it." }),
    month: healthSpanOutput.meta({ description: "The day (UTC) under way and the 29 before it." }),
  })
  .meta({ id: "ProviderHealth" });

const healthy = z.literal("true").meta({ description: "Only providers whose health is up." });

export const providerOutput = z
  .strictObject({
    id: z.string(),
    owner: addressOutput,
    name: z.string(),
    description: z.string(),
    endpoint: z.string(),
    door: z.string(),
    capabilities: z.array(z.string()),
    category,
    model: z.string().nullable(),
    serviceType: z.int(),
    depositMs: z.int(),
    graceMs: z.int(),
    maxConcurrency: z.int(),
    active: z.boolean(),
    asset: assetOutput,
    tiers: z.array(tierOutput),
    services: z.int(),
    totalEarned: amountOutput,
    totalRequestsServed: z.int(),
    activeStreams: z.int(),
    createdAt: instant,
    updatedAt: instant,
    health: healthOutput,
  })
  .meta({ id: "Provider" });

const label = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const tierName = z.enum(["basic", "professional", "enterprise"]);

export const listProvidersOperation = defineOperation({
  id: "listProviders",
  method: "GET",
  path: "/api/v1/providers",
  tag: "market",
  summary: "Search active providers",
  auth: "none",
  query: z.strictObject({
    search: text(1, 100).optional(),
    capability: label.optional(),
    category: category.optional(),
    model: text(1, 100).optional(),
    tier: tierName
      .optional()
      .meta({ description: "The tier that priceMax and sort=price look at; basic if absent." }),
    priceMax: amountString(1n)
      .optional()
      .meta({ description: "Highest price of that tier, base units a day." }),
    sort: z.enum(MARKET_SORTS).optional().meta({
      description: "fastest: by the last probe; reliable: by the probes of 30 days that were answered.",
    }),
    healthy: healthy.optional(),
    cursor: cursor.optional(),
    limit: limit.optional(),
  }),
  output: pageOf(providerOutput),
});

export const registerProviderOperation = defineOperation({
  id: "registerProvider",
  method: "POST",
  path: "/api/v1/providers",
  tag: "market",
  summary: "Register a provider, or change one of yours: totals and creation time stay",
  auth: "account",
  body: registerProviderInput,
  output: z.strictObject({ status: z.literal("registered"), agentId: z.string() }),
  problems: ["unknown-tier", "provider-taken"],
});

export const findCheapestProviderOperation = defineOperation({
  id: "findCheapestProvider",
  method: "GET",
  path: "/api/v1/providers/cheapest",
  tag: "market",
  summary: "The cheapest active provider of a capability or of an exact model",
  auth: "none",
  query: z
    .strictObject({
      capability: label.optional(),
      model: text(1, 100).optional(),
      tier: tierName.optional().meta({ description: "The tier to compare; basic if absent." }),
      healthy: healthy.optional(),
    })
    .refine(({ capability, model }) => (capability === undefined) !== (model === undefined), {
      error: "Give either capability or model.",
    }),
  output: z.strictObject({
    provider: z
      .strictObject({
        id: z.string(),
        name: z.string(),
        door: z.string(),
        asset: assetOutput,
        tier: tierOutput,
        health: healthOutput,
      })
      .nullable(),
  }),
});

export const getProviderOperation = defineOperation({
  id: "getProvider",
  method: "GET",
  path: "/api/v1/providers/{providerId}",
  tag: "market",
  summary: "One provider with its tiers",
  auth: "none",
  params: z.strictObject({ providerId }),
  notFound: "provider-not-found",
  output: providerOutput,
});

export const getMarketSummaryOperation = defineOperation({
  id: "getMarketSummary",
  method: "GET",
  path: "/api/v1/market/summary",
  tag: "market",
  summary: "Totals of the market, and of its providers a page at a time",
  auth: "none",
  query: z.strictObject({ cursor: cursor.optional(), limit: limit.optional() }),
  output: z.strictObject({
    asset: assetOutput,
    providers: z.int(),
    activeStreams: z.int(),
    totalStreams: z.int(),
    totalRequests: z.int(),
    totalVolume: amountOutput,
    totalVolumeDisplay: z.string().meta({ description: "Whole tokens, 4 decimals." }),
    perProvider: z.array(
      z.strictObject({ id: z.string(), name: z.string(), earned: amountOutput, requests: z.int() }),
    ),
    nextCursor: z.string().nullable(),
  }),
});
