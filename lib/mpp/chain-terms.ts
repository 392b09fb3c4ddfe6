import { type Address, getAddress, type Hex } from "viem";
import type { Network } from "@/lib/chain/network";
import { divCeil } from "@/lib/domain/amount";
import { requiredDeposit } from "@/lib/domain/deposit";
import { flowRatePerSecond, type Rate } from "@/lib/domain/rate";
import { type DollarToken, dollarTokens } from "@/lib/rails/chain-assets";
import type { Door, DoorTier } from "./door-types";
import { providerTag } from "./provider-tag";

/** What streams on the configured chain are opened on, and in what they pay. */
export type ChainTerms = {
  chainId: number;
  /** All dollars there, as streams may hold any of them. */
  tokens: readonly DollarToken[];
  /** Superfluid's host, to which wallets send whole batches. */
  host: Address | null;
  /** Null where Superfluid or its dollar is not deployed. */
  superfluid: { agreement: Address; token: DollarToken } | null;
  /** Null where `StreamPay` is not. */
  streampay: { agreement: Address; token: DollarToken } | null;
};

/** @param streamPay the address of our escrow contract, if there is one */
export function chainTermsOf(network: Network, streamPay: Address | null): ChainTerms {
  const { chainId, superfluid, superTokens } = network;
  const dollars = dollarTokens(network);
  const wrappers = new Set(superTokens.map(({ address }) => address.toLowerCase()));
  const wrapped = dollars.find(({ address }) => wrappers.has(address));
  // People have the plain dollar; where there is none the escrow takes the wrapped one.
  const plain = dollars.find(({ address }) => !wrappers.has(address)) ?? wrapped;
  return {
    chainId,
    tokens: dollars,
    host: superfluid?.host ?? null,
    superfluid: superfluid && wrapped ? { agreement: superfluid.cfaForwarder, token: wrapped } : null,
    streampay: streamPay && plain ? { agreement: streamPay, token: plain } : null,
  };
}

/** The price of one tier as a flow of Superfluid: whole base units a second, at least one (rails/superfluid/mirror-flow). */
export function superfluidTerms(door: Door, tier: DoorTier, chain: ChainTerms) {
  if (!chain.superfluid) return null;
  const { agreement, token } = chain.superfluid;
  const floored = flowRatePerSecond(inToken(tier.rate, token));
  const perSecond = floored > 0n ? floored : 1n;
  const tag = String(providerTag(door.provider.id));
  const rate = { amount: perSecond, periodMs: 1_000n };
  const common = commonTerms(door, tier, { rate, token, tag, agreement, chainId: chain.chainId });
  return {
    ...common,
    methodDetails: {
      ...common.methodDetails,
      model: "cfa-v1" as const,
      flowTable: [{ tag, rate: String(perSecond) }],
    },
  };
}

/** The price of one tier as an escrow: exact over the tier's period, a remainder rounded up to the token's next base unit. */
export function streampayTerms(door: Door, tier: DoorTier, chain: ChainTerms) {
  if (!chain.streampay) return null;
  const { agreement, token } = chain.streampay;
  const rate = inToken(tier.rate, token);
  const tag = String(providerTag(door.provider.id));
  const common = commonTerms(door, tier, { rate, token, tag, agreement, chainId: chain.chainId });
  return { ...common, methodDetails: { ...common.methodDetails, model: "escrow-v1" as const } };
}

type Priced = { rate: Rate; token: DollarToken; tag: string; agreement: Address; chainId: number };

function commonTerms({ provider }: Door, tier: DoorTier, { rate, token, tag, agreement, chainId }: Priced) {
  const perSecond = flowRatePerSecond(rate);
  return {
    amount: String(perSecond > 0n ? perSecond : 1n),
    unitType: "second" as const,
    currency: getAddress(token.address as Hex),
    recipient: getAddress(provider.owner as Hex),
    suggestedDeposit: String(requiredDeposit(rate, provider.depositMs)),
    methodDetails: {
      agreement: getAddress(agreement),
      chainId,
      plan: provider.id,
      tier: tier.name,
      tag,
      minRunway: "0",
      rate: { amount: String(rate.amount), periodSeconds: String(rate.periodMs / 1000n) },
      token: token.symbol,
      decimals: token.decimals,
      costPerRequest: "0" as const,
      credentialTypes: ["proof" as const],
    },
  };
}

/** A price in the ledger's dollar in base units of another one. */
function inToken({ amount, periodMs }: Rate, { worth }: DollarToken): Rate {
  return { amount: divCeil(amount, worth), periodMs };
}
