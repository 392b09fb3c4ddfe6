import { getAddress, type Hex } from "viem";
import { LEDGER_ASSET } from "@/lib/domain/asset";
import { requiredDeposit } from "@/lib/domain/deposit";
import { compareRates, flowRatePerSecond } from "@/lib/domain/rate";
import { ProblemError } from "@/lib/errors";
import type { Door, DoorService, DoorTier } from "./door-types";

/**
 * The price of one service at one tier, as a challenge states it. `nonce` and the hints are added when a
 * challenge is issued: these are the fields that a credential has to match.
 */
export function streamTerms(door: Door, service: DoorService, tier: DoorTier, chainId: number) {
  const flowRate = flowRatePerSecond(tier.rate);
  return {
    // A flow below one unit a second still has a price: the exact one is `rate`.
    amount: String(flowRate > 0n ? flowRate : 1n),
    unitType: "second" as const,
    currency: "USD" as const,
    recipient: getAddress(door.provider.owner as Hex),
    suggestedDeposit: String(requiredDeposit(tier.rate, door.provider.depositMs)),
    methodDetails: {
      model: "ledger-v1" as const,
      plan: door.provider.id,
      tier: tier.name,
      minRunway: "0",
      rate: { amount: String(tier.rate.amount), periodSeconds: String(tier.rate.periodMs / 1000n) },
      token: LEDGER_ASSET.symbol,
      decimals: LEDGER_ASSET.decimals,
      chainId,
      costPerRequest: String(service.pricePerCall),
      credentialTypes: ["proof" as const],
    },
  };
}

export type StreamTerms = ReturnType<typeof streamTerms>;

/**
 * The tier a caller asks for (`Stream-Tier`), or the cheapest.
 *
 * @throws ProblemError `unknown-tier`
 */
export function chooseTier(door: Door, wanted: string | null): DoorTier {
  const [cheapest] = tiersByPrice(door);
  if (!cheapest) throw new Error(`Provider ${door.provider.id} has no tier.`);
  if (wanted === null) return cheapest;

  const tier = door.tiers.find(({ name }) => name === wanted);
  if (tier) return tier;
  throw new ProblemError("unknown-tier", `${door.provider.name} has no tier of that name.`, {
    extensions: { tiers: door.tiers.map(({ name }) => name) },
  });
}

/** Cheapest first, by exact rates. */
export function tiersByPrice(door: Door): DoorTier[] {
  return [...door.tiers].sort((left, right) => compareRates(left.rate, right.rate));
}
