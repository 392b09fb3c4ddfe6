import { perDay, type Rate, rate } from "./rate";

export const TIER_NAMES = ["basic", "professional", "enterprise"] as const;
export type TierName = (typeof TIER_NAMES)[number];

/** Who is served first at a busy provider: critical, then high, then normal. */
export type Priority = "normal" | "high" | "critical";

export type Tier = {
  readonly name: TierName;
  readonly rate: Rate;
  readonly maxRequestsPerHour: number;
  readonly priority: Priority;
};

export type TierOverride = Partial<Omit<Tier, "name">>;

const TOKEN = 10n ** 18n; // LEDGER_ASSET has 18 decimals.

/** What a provider charges unless it says otherwise (S0.2). */
export const DEFAULT_TIERS: Readonly<Record<TierName, Tier>> = {
  basic: { name: "basic", rate: perDay(TOKEN), maxRequestsPerHour: 10, priority: "normal" },
  professional: {
    name: "professional",
    rate: perDay(10n * TOKEN),
    maxRequestsPerHour: 100,
    priority: "high",
  },
  enterprise: {
    name: "enterprise",
    rate: perDay(100n * TOKEN),
    maxRequestsPerHour: 1_000,
    priority: "critical",
  },
};

/** Exactly one of the three, in lower case. */
export function isTierName(name: string): name is TierName {
  return (TIER_NAMES as readonly string[]).includes(name);
}

/**
 * One provider's three tiers: its overrides over the defaults. Every call gives new objects, so that no provider can
 * change another's price (D0.5).
 *
 * @throws RangeError naming a tier that does not exist, or a rate or limit that is not above zero
 */
export function effectiveTiers(
  overrides: Readonly<Record<string, TierOverride>> = {},
): Record<TierName, Tier & { overridden: boolean }> {
  const stranger = Object.keys(overrides).find((name) => !isTierName(name));
  if (stranger !== undefined) throw new RangeError(`Unknown tier: ${stranger}`);

  const effective = (name: TierName) => {
    const override = Object.hasOwn(overrides, name) ? overrides[name] : undefined;
    const tier = { ...DEFAULT_TIERS[name], ...override, name };
    if (!Number.isSafeInteger(tier.maxRequestsPerHour) || tier.maxRequestsPerHour < 1)
      throw new RangeError(`Tier ${name} allows ${tier.maxRequestsPerHour} requests an hour.`);
    const overridden = override !== undefined && Object.keys(override).length > 0;
    return { ...tier, rate: rate(tier.rate.amount, tier.rate.periodMs), overridden };
  };
  return {
    basic: effective("basic"),
    professional: effective("professional"),
    enterprise: effective("enterprise"),
  };
}
