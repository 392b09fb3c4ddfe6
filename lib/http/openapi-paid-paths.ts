import { LEDGER_ASSET } from "@/lib/domain/asset";
import { toDecimal } from "@/lib/domain/decimal";
import type { PaidService } from "@/lib/market/list-paid-services";
import { offersOf, type PaymentWays } from "@/lib/mpp/payment-ways";

type Json = Record<string, unknown>;

/** Crawlers stop reading at 64 KB: larger schemas and examples are left at their own address. */
const INLINE_BYTES_MAX = 400;

/**
 * One path for each service that is paid, in the order given, as long as they fit.
 *
 * @param room characters of JSON that all of them may take
 */
export function paidPaths(
  services: readonly PaidService[],
  { origin, ways, room }: { origin: string; ways: PaymentWays; room: number },
): Record<string, Json> {
  const paths: Record<string, Json> = {};
  let left = room;
  for (const paid of services) {
    const { door, method } = paid.service;
    const described = describePaid(paid, origin, ways);
    left -= JSON.stringify({ [door]: { [method.toLowerCase()]: described } }).length;
    if (left < 0) break;
    paths[door] = { ...paths[door], [method.toLowerCase()]: described };
  }
  return paths;
}

function describePaid(paid: PaidService, origin: string, ways: PaymentWays): Json {
  const { provider, service } = paid;
  return {
    operationId: `${provider.id}.${service.slug}`,
    summary: `${provider.name}: ${service.name}`,
    tags: ["paid"],
    "x-payment-info": paymentInfo(paid, ways),
    ...(service.method === "POST" ? { requestBody: requestBody(paid, origin) } : {}),
    ...pathParameters(service.path),
    responses: {
      "200": {
        description: "The provider's answer, with Payment-Receipt",
        content: { "application/json": {} },
      },
      "402": { $ref: "#/components/responses/PaymentRequired" },
    },
  };
}

/**
 * `offers` is what the MPP drafts and mppx read: on the ledger one for each tier, in base units a second; on a chain and for a single
 * payment the cheapest tier's, in base units of the token that `currency` names (its decimals: `x-payment-methods`). `price` and
 * `protocols` are what mppscan, x402scan and AgentCash read: from one call's fee to the deposit that opens the dearest tier, in dollars.
 */
function paymentInfo(paid: PaidService, ways: PaymentWays): Json {
  const { provider, service } = paid;
  const usd = (amount: bigint) => toDecimal(amount, LEDGER_ASSET.decimals, 6, "up");
  const perDay = (amount: bigint) => toDecimal(amount, LEDGER_ASSET.decimals, 2, "nearest");
  const least = (a: bigint, b: bigint) => (a < b ? a : b);
  const greatest = (a: bigint, b: bigint) => (least(a, b) === a ? b : a);
  const dearest = provider.tiers.map(({ requiredDeposit }) => BigInt(requiredDeposit)).reduce(greatest);
  const perSecond = provider.tiers.map(({ flowRatePerSecond }) => BigInt(flowRatePerSecond)).reduce(least);
  const elsewhere = chainOffers(paid, ways);
  return {
    offers: [
      ...provider.tiers.map((tier) => ({
        intent: "stream",
        method: "ledger",
        amount: String(tier.flowRatePerSecond),
        currency: "USD",
        description: `${tier.name}: ${perDay(tier.ratePerDay)} USD/day, ${tier.maxRequestsPerHour} calls/h`,
      })),
      ...elsewhere,
    ],
    price: {
      mode: "dynamic",
      currency: "USD",
      min: usd(service.pricePerCall > 0n ? service.pricePerCall : perSecond),
      max: usd(dearest + service.pricePerCall),
    },
    protocols: [
      { mpp: { method: "ledger", intent: "stream", currency: "USD" } },
      ...elsewhere.map(({ method, intent, currency }) => ({ mpp: { method, intent, currency } })),
      ...(elsewhere.some(({ method }) => method === "evm") ? [{ x402: {} }] : []),
    ],
  };
}

function chainOffers(paid: PaidService, ways: PaymentWays) {
  const [cheapest] = offersOf(paid, ways);
  if (!cheapest || !ways.chain) return [];
  const { streams, charge } = cheapest;
  const network = `eip155:${ways.chainId}`;
  return [
    ...streams.flatMap(({ method, request: { amount, currency } }) =>
      method === "ledger" ? [] : [{ intent: "stream", method, amount, currency, network }],
    ),
    ...(charge
      ? [
          {
            ...{ intent: "charge", method: "evm", amount: String(charge.amount) },
            ...{ currency: charge.token.address, network },
          },
        ]
      : []),
  ];
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
