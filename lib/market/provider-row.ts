import { getAddress } from "viem";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { requiredDeposit } from "@/lib/domain/deposit";
import { amountOver, flowRatePerSecond, PERIODS_MS } from "@/lib/domain/rate";
import { type Priority, TIER_NAMES, type TierName } from "@/lib/domain/tier";
import { paths } from "@/lib/paths";
import type { Category } from "./categories";

type TierRow = {
  name: TierName;
  amount: string;
  periodMs: string;
  maxRequestsPerHour: number;
  priority: Priority;
  overridden: boolean;
};

export type ProviderRow = {
  id: string;
  owner: `0x${string}`;
  name: string;
  description: string;
  endpoint: string;
  capabilities: string[];
  category: Category;
  model: string | null;
  serviceType: number;
  depositMs: string;
  graceMs: string;
  maxConcurrency: number;
  active: boolean;
  createdAt: Date;
  updatedAt: Date;
  tiers: TierRow[];
  services: number;
  earned: string;
  requests: string;
  activeStreams: number;
};

/** Columns of a `ProviderRow` from `provider p`. Amounts travel as text: a JSON number would round them. */
export const PROVIDER_COLUMNS = `
  p.id, p.owner, p.name, p.description, p.endpoint, p.capabilities, p.category, p.model,
  p.service_type as "serviceType", p.deposit_ms::text as "depositMs", p.grace_ms::text as "graceMs",
  p.max_concurrency as "maxConcurrency", p.active, p.created_at as "createdAt", p.updated_at as "updatedAt",
  (select jsonb_agg(jsonb_build_object('name', t.name, 'amount', t.rate_amount::text,
     'periodMs', t.rate_period_ms::text, 'maxRequestsPerHour', t.max_requests_per_hour,
     'priority', t.priority, 'overridden', t.overridden))
   from provider_tier t where t.provider_id = p.id) as tiers,
  (select count(*)::int from service s where s.provider_id = p.id and s.active) as services,
  (select coalesce(sum(c.earned), 0)::text from counter c where c.scope = 'provider:' || p.id) as earned,
  (select coalesce(sum(c.requests), 0)::text from counter c where c.scope = 'provider:' || p.id) as requests,
  (select coalesce(sum(c.streams_active), 0)::int from counter c where c.scope = 'provider:' || p.id) as "activeStreams"`;

export type TierView = ReturnType<typeof toTierView>;
export type ProviderView = ReturnType<typeof toProviderView>;

export function toProviderView(row: ProviderRow) {
  const { tiers, earned, requests, ...provider } = row;
  return {
    ...provider,
    owner: getAddress(row.owner),
    door: paths.door(row.id, ""),
    depositMs: BigInt(row.depositMs),
    graceMs: BigInt(row.graceMs),
    asset: LEDGER_ASSET,
    tiers: TIER_NAMES.map((name) => toTierView(tierOf(row, name), BigInt(row.depositMs))),
    totalEarned: BigInt(earned),
    totalRequestsServed: Number(requests),
  };
}

/** A tier with what people ask of it: the price of a day, and the deposit for the provider's own duration. */
function toTierView(tier: TierRow, depositMs: bigint) {
  const rate = { amount: BigInt(tier.amount), periodMs: BigInt(tier.periodMs) };
  return {
    name: tier.name,
    rate,
    ratePerDay: amountOver(rate, PERIODS_MS.day, "floor"),
    flowRatePerSecond: flowRatePerSecond(rate),
    requiredDeposit: requiredDeposit(rate, depositMs),
    maxRequestsPerHour: tier.maxRequestsPerHour,
    priority: tier.priority,
    overridden: tier.overridden,
  };
}

function tierOf(row: ProviderRow, name: TierName): TierRow {
  const tier = row.tiers.find((candidate) => candidate.name === name);
  if (!tier) throw new Error(`Provider ${row.id} has no tier ${name}: registration writes all three.`);
  return tier;
}
