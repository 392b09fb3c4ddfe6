import { requiredDeposit } from "@/lib/domain/deposit";
import type { TierName } from "@/lib/domain/tier";
import type { ChaosAccount } from "./account";

const USDCX = 10n ** 18n;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export type Service = { providerId: string; path: string };
export type Provider = {
  id: string;
  owner: ChaosAccount;
  /** Registers it again, with rates and prices times `factor`. Streams that run keep theirs. */
  reprice(factor: bigint): Promise<unknown>;
  services: readonly [Service, ...Service[]];
  /** Base units that each tier asks for at least, at the first prices. */
  deposits: Record<TierName, bigint>;
};

type Plan = {
  id: string;
  depositMs: number;
  graceMs: number;
  maxConcurrency: number;
  maxRequestsPerHour: number;
  rates: readonly [bigint, bigint, bigint];
  periodMs: number;
  price: bigint;
};

/** Three providers, each with its own way of saying no. */
const plans: readonly Plan[] = [
  // Slow money and no limits: where most calls go.
  {
    id: "chaos-steady",
    depositMs: 4 * 60 * MINUTE_MS,
    graceMs: 15 * MINUTE_MS,
    maxConcurrency: 16,
    maxRequestsPerHour: 1_000_000,
    rates: [USDCX, 10n * USDCX, 100n * USDCX],
    periodMs: DAY_MS,
    price: 1_234_567_890_123_457n,
  },
  // Deposits are spent within the run, mostly by calls: exhaustion, grace, revival, closing by the sweep.
  {
    id: "chaos-hasty",
    depositMs: MINUTE_MS,
    graceMs: 4_000,
    maxConcurrency: 8,
    maxRequestsPerHour: 1_000_000,
    rates: [USDCX, 2n * USDCX, 3n * USDCX],
    periodMs: MINUTE_MS,
    price: 700_000_000_000_000_001n,
  },
  // Hourly limits that are reached, and one call at a time.
  {
    id: "chaos-narrow",
    depositMs: 4 * 60 * MINUTE_MS,
    graceMs: 15 * MINUTE_MS,
    maxConcurrency: 1,
    maxRequestsPerHour: 40,
    rates: [USDCX, 10n * USDCX, 100n * USDCX],
    periodMs: DAY_MS,
    price: 3_000_000_000_000_007n,
  },
];

/** Registers the providers by the API, each with an owner of its own. */
export async function openMarket(
  upstreamPort: number,
  newAccount: (name: string) => ChaosAccount,
): Promise<[Provider, ...Provider[]]> {
  const providers: Provider[] = [];
  for (const plan of plans) {
    const owner = newAccount(`owner of ${plan.id}`);
    const register = (factor: bigint) =>
      owner.write("/api/v1/providers", listing(plan, factor, upstreamPort));
    await register(1n);
    providers.push({
      id: plan.id,
      owner,
      reprice: register,
      deposits: { basic: deposit(plan, 0), professional: deposit(plan, 1), enterprise: deposit(plan, 2) },
      services: [
        { providerId: plan.id, path: "/flow" },
        { providerId: plan.id, path: "/priced" },
      ],
    });
  }
  return providers as [Provider, ...Provider[]]; // There are three plans.
}

function deposit({ rates, periodMs, depositMs }: Plan, tier: 0 | 1 | 2): bigint {
  return requiredDeposit({ amount: rates[tier], periodMs: BigInt(periodMs) }, BigInt(depositMs));
}

function listing(plan: Plan, factor: bigint, upstreamPort: number) {
  const tier = (rate: bigint) => ({
    rate: { amount: String(rate * factor), periodMs: plan.periodMs },
    maxRequestsPerHour: plan.maxRequestsPerHour,
  });
  const [basic, professional, enterprise] = plan.rates;
  return {
    id: plan.id,
    name: plan.id,
    endpoint: `http://127.0.0.1:${upstreamPort}`,
    capabilities: ["echo"],
    category: "development_tools",
    depositMs: plan.depositMs,
    graceMs: plan.graceMs,
    maxConcurrency: plan.maxConcurrency,
    tierOverrides: { basic: tier(basic), professional: tier(professional), enterprise: tier(enterprise) },
    services: [service("flow", 0n), service("priced", plan.price * factor)],
  };
}

function service(slug: string, price: bigint) {
  return {
    slug,
    name: slug,
    category: "development_tools",
    capability: "echo",
    method: "POST",
    path: `/${slug}`,
    inputSchema: { type: "object" },
    pricingModel: price > 0n ? "fixed" : "per_second",
    pricePerCall: String(price),
  };
}
