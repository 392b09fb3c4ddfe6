import { type ChainTerms, streampayTerms, superfluidTerms } from "./chain-terms";
import type { Door, DoorService, DoorTier } from "./door-types";
import { type StreamTerms, streamTerms } from "./stream-terms";

type SuperfluidTerms = NonNullable<ReturnType<typeof superfluidTerms>>;
type StreampayTerms = NonNullable<ReturnType<typeof streampayTerms>>;

/** One way to pay for a route: the payment method and what it asks for. */
export type StreamOffer =
  | { method: "ledger"; request: StreamTerms }
  | { method: "superfluid"; request: SuperfluidTerms }
  | { method: "streampay"; request: StreampayTerms };

export type StreamMethod = StreamOffer["method"];
export type StreamOffers = readonly [{ method: "ledger"; request: StreamTerms }, ...StreamOffer[]];

/**
 * How a service at a tier can be paid. The ledger comes first, for clients that read one challenge only. A price of its own for each
 * call leaves the ledger alone: a contract pays for time.
 *
 * @param chain null without a chain
 */
export function streamOffers(
  door: Door,
  service: DoorService,
  tier: DoorTier,
  { chainId, chain }: { chainId: number; chain: ChainTerms | null },
): StreamOffers {
  const ledger = { method: "ledger" as const, request: streamTerms(door, service, tier, chainId) };
  if (!chain || service.pricePerCall > 0n) return [ledger];
  const superfluid = superfluidTerms(door, tier, chain);
  const streampay = streampayTerms(door, tier, chain);
  return [
    ledger,
    ...(superfluid ? [{ method: "superfluid" as const, request: superfluid }] : []),
    ...(streampay ? [{ method: "streampay" as const, request: streampay }] : []),
  ];
}
