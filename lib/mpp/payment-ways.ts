import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import type { Network } from "@/lib/chain/network";
import { env } from "@/lib/env";
import type { PaidService } from "@/lib/market/list-paid-services";
import { findOperatorAccount } from "@/lib/outbox/operator-account";
import type { ChainTerms } from "./chain-terms";
import { type ChargeTerms, chargeTerms } from "./charge-terms";
import type { ChargeToken } from "./charge-token";
import { type DoorChain, findDoorChain } from "./door-chain";
import { type DoorCharges, findDoorCharges } from "./door-charges";
import { type StreamOffers, streamOffers } from "./stream-offers";
import { tiersByPrice } from "./stream-terms";

/** How this site is paid: what its doors ask for, for documents that say so beforehand. */
export type PaymentWays = {
  chainId: number;
  /** Null without a chain: the ledger alone. */
  chain: { network: Network; terms: ChainTerms } | null;
  /** What single payments are made in; null where none are taken, or the chain does not say. */
  charge: ChargeToken | null;
  /** Whether the server sends openings of StreamPay for payers who have signed. */
  relays: boolean;
};

/** A document does not wait longer for the chain to say what its dollar is called: it leaves single payments out. */
const PATIENCE_MS = 2_000;

let doors: { chain: DoorChain | null; charges: DoorCharges | null } | undefined;

/** The configured ways, by the same settings and functions as the door's. */
export async function readPaymentWays(): Promise<PaymentWays> {
  doors ??= openDoors();
  const configured = findConfiguredNetwork();
  const { chain, charges } = doors;
  const charge = charges
    ? await Promise.race([charges.token(), sleep(PATIENCE_MS, null, { ref: false })])
    : null;
  return {
    chainId: env.CHAIN_ID,
    chain: chain && configured ? { network: configured.network, terms: chain.terms } : null,
    charge,
    relays: Boolean(configured?.contracts.streamPay && findOperatorAccount()),
  };
}

function openDoors() {
  const chain = findDoorChain();
  return { chain, charges: findDoorCharges(chain) };
}

/** What the door of a service asks for at each tier, cheapest first: the terms of its 402, made by the same functions. */
export function offersOf({ provider, service }: PaidService, ways: PaymentWays): TierOffers[] {
  const { chainId, chain, charge } = ways;
  const door = { provider, tiers: provider.tiers, services: [service] };
  return tiersByPrice(door).map((tier) => ({
    tier: tier.name,
    streams: streamOffers(door, service, tier, { chainId, chain: chain?.terms ?? null }),
    charge: charge && chargeTerms(door, service, tier, charge),
  }));
}

export type TierOffers = { tier: string; streams: StreamOffers; charge: ChargeTerms | null };
