import { LEDGER_ASSET } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import type { PaidService } from "@/lib/market/list-paid-services";

type Json = Record<string, unknown>;

/** Crawlers stop reading at 64 KB: larger schemas and examples are left at their own address. */
const INLINE_BYTES_MAX = 400;

/** One path for each service that is paid by a stream. */
export function paidPaths(services: readonly PaidService[], origin: string): Record<string, Json> {
  const paths: Record<string, Json> = {};
  for (const paid of services) {
    const { door, method } = paid.service;
    paths[door] = { ...paths[door], [method.toLowerCase()]: describePaid(paid, origin) };
  }
  return paths;
}

function describePaid(paid: PaidService, origin: string): Json {
  const { provider, service } = paid;
  return {
    operationId: `${provider.id}.${service.slug}`,
    summary: `${provider.name}: ${service.name}`,
    tags: ["paid"],
    "x-payment-info": paymentInfo(paid),
    ...(service.method === "POST" ? { requestBody: requestBody(paid, origin) } : {}),
    ...pathParameters(service.path),
    responses: {
      "200": {
        description: "The provider's answer, with Payment-Receipt",
        content: { "application/json": {} },
      },
      "402": {
        description:
          "Payment required: a challenge in WWW-Authenticate, and how to repair it in the problem details",
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      },
    },
  };
}

/**
 * `offers` is what the MPP drafts and mppx read, one for each tier: base units a second. `price` and `protocols` are what
 * mppscan, x402scan and AgentCash read: from one call's fee to the deposit that opens the dearest tier, in dollars.
 */
function paymentInfo({ provider, service }: PaidService): Json {
  const usd = (amount: bigint) => toDecimal(amount, LEDGER_ASSET.decimals, 6, "up");
  const perDay = (amount: bigint) => toDecimal(amount, LEDGER_ASSET.decimals, 2, "nearest");
  const least = (a: bigint, b: bigint) => (a < b ? a : b);
  const greatest = (a: bigint, b: bigint) => (least(a, b) === a ? b : a);
  const dearest = provider.tiers.map(({ requiredDeposit }) => BigInt(requiredDeposit)).reduce(greatest);
  const perSecond = provider.tiers.map(({ flowRatePerSecond }) => BigInt(flowRatePerSecond)).reduce(least);
  return {
    offers: provider.tiers.map((tier) => ({
      intent: "stream",
      method: "ledger",
      amount: String(tier.flowRatePerSecond),
      currency: "USD",
      description: `${tier.name}: ${perDay(tier.ratePerDay)} USD/day, ${tier.maxRequestsPerHour} calls/h`,
    })),
    price: {
      mode: "dynamic",
      currency: "USD",
      min: usd(service.pricePerCall > 0n ? service.pricePerCall : perSecond),
      max: usd(dearest + service.pricePerCall),
    },
    protocols: [{ mpp: { method: "ledger", intent: "stream", currency: "USD" } }],
  };
}

/** The schema itself when it is small; else where it is. */
function requestBody({ service }: PaidService, origin: string): Json {
  const { id, inputSchema, example } = service;
  const url = `${origin}/api/v1/registry/services/${id}/schema`;
  const schema = isSmall(inputSchema) ? inputSchema : { type: "object", externalDocs: { url } };
  return {
    required: true,
    content: { "application/json": { schema, ...(example && isSmall(example) ? { example } : {}) } },
  };
}

function isSmall(value: Json): boolean {
  return JSON.stringify(value).length <= INLINE_BYTES_MAX;
}

function pathParameters(path: string): Json {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
  if (names.length === 0) return {};
  return {
    parameters: names.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
  };
}
