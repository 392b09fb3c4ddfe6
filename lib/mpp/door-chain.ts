import "server-only";
import { findConfiguredNetwork } from "@/lib/chain/configured-network";
import { type ChainClient, publicClient } from "@/lib/chain/public-client";
import { env } from "@/lib/env";
import { type ChainTerms, chainTermsOf } from "./chain-terms";

/** What the door knows of the chain: prices there, and how to ask it. */
export type DoorChain = {
  terms: ChainTerms;
  client: () => Promise<ChainClient>;
  /** Lower-case factories of wallets that may sign before they exist (ERC-6492). */
  factories: readonly string[];
  /** Blocks until money counts. */
  confirmations: number;
};

/** The configured chain; null when this process runs without one. */
export function findDoorChain(): DoorChain | null {
  const configured = findConfiguredNetwork();
  if (!configured) return null;
  const { network, contracts } = configured;
  return {
    terms: chainTermsOf(network, contracts.streamPay),
    client: publicClient,
    factories: env.ERC6492_FACTORIES,
    confirmations: network.confirmations,
  };
}
